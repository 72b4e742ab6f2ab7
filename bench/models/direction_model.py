"""A diffusion model as a generative model of the benchmark: codes are coordinates along directions at one picture.

A code has one coordinate for each direction, as many for a walk before that one, and the number of the context: the picture and
the prompt whose directions they are. Code zero is the unedited picture. An anchor is a variation of the context's picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int, UInt8
from numpy import ndarray

from bench.artifacts import Condition, Unit
from bench.hardware import torch_threads
from bench.models.ddim import Noise, Path
from bench.models.denoiser import Denoiser
from bench.models.guidance import Guidance, Shift
from bench.models.tailing import Tailing
from bench.models.unet_denoiser import start
from bench.models.walks import Compass, walked

if TYPE_CHECKING:
    import torch


class Context(NamedTuple):
    """One picture under one prompt: a name for its units, the words for it, the prompt, and what is heard where no edit is made."""

    name: str
    words: str
    prompt: str
    drawn: str


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
        """Coordinates, those of the walk before, and the context."""
        return 2 * self.rank + 1

    @property
    def units(self) -> tuple[Unit, ...]:
        """One a context and direction, most effective first."""
        return tuple(
            Unit(f"{context.name}/v{k}", (k,), Condition(context.words, (2 * self.rank,), (float(c),)))
            for c, context in enumerate(self.contexts)
            for k in range(self.rank)
        )

    @property
    def ends(self) -> Float64[ndarray, "latents ends"]:
        """Where sweeps of a latent begin and end."""
        reach = self.edit.reach
        return np.array([[-reach, reach]] * (2 * self.rank) + [[0.0, len(self.contexts) - 1.0]])

    def codes(self, anchors: Int[ndarray, " n"]) -> Float32[ndarray, "n latents"]:
        """The unedited picture of one of the contexts."""
        codes = np.zeros((len(anchors), self.latents), np.float32)
        codes[:, -1] = anchors % len(self.contexts)
        return codes

    def render(
        self, anchors: Int[ndarray, " n"], codes: Float32[ndarray, "n latents"]
    ) -> UInt8[ndarray, "n channels height width"]:
        """The pictures of codes. All noise comes from the anchor, so that frames differ in nothing but the code."""
        import torch

        contexts = np.clip(np.rint(codes[:, -1]), 0, len(self.contexts) - 1).astype(int).tolist()
        before, after = codes[:, self.rank : -1].astype(np.float64), codes[:, : self.rank].astype(np.float64)
        with torch.inference_mode(), torch_threads(self.threads):
            x = self._origins(anchors.tolist(), contexts)
            if isinstance(self.edit, Guidance):
                x = self._walked(self.edit, self._walked(self.edit, x, contexts, before), contexts, after)
            parts = [
                self._drawn(x[part], anchors[part].tolist(), contexts[part], codes[part])
                for i in range(0, max(len(x), 1), self.batch_size)
                for part in [slice(i, i + self.batch_size)]
            ]
        return np.concatenate(parts)

    def _origins(self, anchors: Sequence[int], contexts: Sequence[int]) -> "torch.Tensor":
        """The states at the time of edits, each distinct one taken there once."""
        import torch

        places: dict[tuple[int, int], int] = {}
        where = [places.setdefault(pair, len(places)) for pair in zip(anchors, contexts, strict=True)]
        own = start(self.denoiser.shape, [anchor for anchor, _ in places], self.denoiser.device)
        homes = [context for _, context in places]
        x = (1 - self.spread**2) ** 0.5 * self.homes[homes] + self.spread * own
        parts = []
        for i in range(0, max(len(homes), 1), self.batch_size):
            prompts = [self.contexts[c].drawn for c in homes[i : i + self.batch_size]]
            noise = self._noise(prompts)
            parts.append(self.path.down(noise, x[i : i + self.batch_size], range(self.path.edit)))
        return torch.cat(parts)[where]

    def _noise(self, prompts: Sequence[str]) -> Noise:
        return lambda x, time: self.denoiser.noise(x, time, prompts)

    def _walked(
        self, edit: Guidance, x: "torch.Tensor", contexts: Sequence[int], coordinates: Float64[ndarray, "n rank"]
    ) -> "torch.Tensor":
        pairs = zip(self.directions, self.gains, self.contexts, strict=True)
        compasses = [Compass(directions, gains, context.prompt) for directions, gains, context in pairs]
        return walked(edit, self._heard, x, compasses, contexts, coordinates, self.batch_size)

    def _heard(self, x: "torch.Tensor", prompts: Sequence[str]) -> "torch.Tensor":
        return self.denoiser.noise(x, self.path.edit_time, prompts)

    def _drawn(
        self, x: "torch.Tensor", anchors: Sequence[int], contexts: Sequence[int], codes: Float32[ndarray, "n latents"]
    ) -> UInt8[ndarray, "n channels height width"]:
        prompts = [self.contexts[c].drawn for c in contexts]
        tail = self.tailing.tail(x, anchors, codes)
        places = range(self.path.edit, len(self.path.times))
        if isinstance(self.edit, Guidance):
            return self.denoiser.pictures(self.path.down(self._noise(prompts), x, places, tail))
        shift = self._shift(self.edit, contexts, codes)
        edited = [self.contexts[c].prompt for c in contexts]
        for place in places:
            time = self.path.times[place]
            removed = self.denoiser.shifted(x, time, edited, shift)
            x = self.path.step(x, removed, self.denoiser.noise(x, time, prompts), place, tail)
        return self.denoiser.pictures(x)

    def _shift(self, edit: Shift, contexts: Sequence[int], codes: Float32[ndarray, "n latents"]) -> "torch.Tensor":
        import torch

        weights = (codes[:, : self.rank] + codes[:, self.rank : -1]) / edit.reach * self.gains[list(contexts)]
        along = torch.from_numpy(weights).to(self.directions)
        return torch.einsum("nr,nr...->n...", along, self.directions[list(contexts)])
