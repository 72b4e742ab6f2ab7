"""A diffusion model as a generative model of the benchmark: codes are coordinates along directions at one picture.

A code has one coordinate for each direction, as many for a walk before that one, the number of the context whose directions these
are, and the number of the context that is drawn: its picture, its prompt and its step. In units both are the same; under a
contrast the directions of one context are moved in another. Code zero is the unedited picture, an anchor one of its variations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32, Float64, Int, UInt8
from numpy import ndarray

from bench.artifacts import Unit
from bench.hardware import torch_threads
from bench.models.contexts import Context, Coordinates, coordinates, units
from bench.models.ddim import Noise, Path
from bench.models.denoiser import Denoiser
from bench.models.guidance import Guidance, Shift
from bench.models.tailing import Tailing
from bench.models.unet_denoiser import start
from bench.models.walks import Compass, Way, walked

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class DirectionModel:
    """Directions at `homes`, one state of pure noise a context, and a denoiser that draws what they do.

    `spread` is the distance of variations: an anchor's noise is √(1 − spread²) of the home's and `spread` of its own.
    """

    denoiser: Denoiser
    path: Path
    edit: Guidance | Shift
    contexts: tuple[Context, ...]
    homes: "torch.Tensor"  # contexts × shape
    directions: "torch.Tensor"  # contexts × rank × shape, or × shape of the bottleneck for shifts
    gains: Float64[ndarray, "contexts rank"]
    spread: float
    tailing: Tailing
    threads: int
    batch_size: int

    @property
    def rank(self) -> int:
        """Directions of a context; latent `rank + i` walks direction i before the others."""
        return int(self.gains.shape[1])

    @property
    def latents(self) -> int:
        """Coordinates, those of the walk before, and the two contexts."""
        return 2 * self.rank + 2

    @property
    def units(self) -> tuple[Unit, ...]:
        """One a context and direction, most effective first."""
        return units(self.contexts, self.rank)

    @property
    def ends(self) -> Float64[ndarray, "latents ends"]:
        """Where sweeps of a latent begin and end."""
        reach = self.edit.reach
        return np.array([[-reach, reach]] * (2 * self.rank) + [[0.0, len(self.contexts) - 1.0]] * 2)

    def codes(self, anchors: Int[ndarray, " n"]) -> Float32[ndarray, "n latents"]:
        """The unedited picture of one of the contexts."""
        codes = np.zeros((len(anchors), self.latents), np.float32)
        codes[:, -2:] = (anchors % len(self.contexts))[:, None]
        return codes

    def render(
        self, anchors: Int[ndarray, " n"], codes: Float32[ndarray, "n latents"]
    ) -> UInt8[ndarray, "n channels height width"]:
        """The pictures of codes. All noise comes from the anchor, so that frames differ in nothing but the code."""
        import torch

        places = np.array([context.place for context in self.contexts])[coordinates(codes, len(self.contexts)).contexts]
        steps = np.unique(places) if len(places) else np.array([self.contexts[0].place])
        with torch.inference_mode(), torch_threads(self.threads):
            parts = [self._edited(int(step), anchors[places == step], codes[places == step]) for step in steps]
        pictures = np.concatenate(parts)
        return pictures[np.argsort(np.argsort(places, kind="stable"))]

    def _edited(
        self, place: int, anchors: Int[ndarray, " n"], codes: Float32[ndarray, "n latents"]
    ) -> UInt8[ndarray, "n channels height width"]:
        """The pictures of codes that are all edited at one step."""
        wanted = coordinates(codes, len(self.contexts))
        x = self._origins(place, anchors.tolist(), wanted.contexts.tolist())
        if isinstance(self.edit, Guidance):
            for along in (wanted.before, wanted.after):
                x = self._walked(self.edit, place, x, along, wanted)
        drawn = [self._drawn(place, x[part], anchors[part].tolist(), codes[part]) for part in self._batches(len(x))]
        return np.concatenate(drawn)

    def _origins(self, place: int, anchors: Sequence[int], contexts: Sequence[int]) -> "torch.Tensor":
        """The states at the step of edits, each distinct one taken there once."""
        import torch

        known: dict[tuple[int, int], int] = {}
        where = [known.setdefault(pair, len(known)) for pair in zip(anchors, contexts, strict=True)]
        own = start(self.denoiser.shape, [anchor for anchor, _ in known], self.denoiser.device)
        homes = [context for _, context in known]
        x = (1 - self.spread**2) ** 0.5 * self.homes[homes] + self.spread * own
        parts = [self.path.down(self._noise(homes[part]), x[part], range(place)) for part in self._batches(len(x))]
        return torch.cat(parts)[where]

    def _walked(
        self, edit: Guidance, place: int, x: "torch.Tensor", along: Float64[ndarray, "n rank"], wanted: Coordinates
    ) -> "torch.Tensor":
        time, compasses = self.path.times[place], list(map(Compass, self.directions, self.gains))
        ways = [Way(c, self.contexts[k].prompt) for c, k in zip(wanted.compasses.tolist(), wanted.contexts.tolist(), strict=True)]
        return walked(edit, lambda x, heard: self.denoiser.noise(x, time, heard), x, compasses, ways, along, self.batch_size)

    def _drawn(
        self, place: int, x: "torch.Tensor", anchors: Sequence[int], codes: Float32[ndarray, "n latents"]
    ) -> UInt8[ndarray, "n channels height width"]:
        wanted = coordinates(codes, len(self.contexts))
        noise, tail = self._noise(wanted.contexts.tolist()), self.tailing.tail(x, anchors, codes)
        shifted = self._shifted(self.edit, wanted) if isinstance(self.edit, Shift) else noise
        for step in range(place, len(self.path.times)):
            told = noise(x, self.path.times[step])
            removed = told if shifted is noise else shifted(x, self.path.times[step])
            x = self.path.step(x, removed, told, step, tail)
        return self.denoiser.pictures(x)

    def _noise(self, contexts: Sequence[int]) -> Noise:
        heard = [self.contexts[context].drawn for context in contexts]
        return lambda x, time: self.denoiser.noise(x, time, heard)

    def _shifted(self, edit: Shift, wanted: Coordinates) -> Noise:
        import torch

        weights = (wanted.after + wanted.before) / edit.reach * self.gains[wanted.compasses]
        shift = torch.einsum("nr,nr...->n...", torch.from_numpy(weights).to(self.directions), self.directions[wanted.compasses])
        heard = [self.contexts[context].prompt for context in wanted.contexts]
        return lambda x, time: self.denoiser.shifted(x, time, heard, shift)

    def _batches(self, count: int) -> list[slice]:
        """At least one, so that no rows give no pictures of the right shape."""
        return [slice(i, i + self.batch_size) for i in range(0, max(count, 1), self.batch_size)]
