"""Directions in a diffusion model as units to explain: found at some pictures, and moved at variations of them."""

from itertools import product
from pathlib import Path as Folder
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from bench.component import component
from bench.errors import ConfigError
from bench.hardware import torch_threads
from bench.interfaces import Dataset, Generator, Weights
from bench.models.calibration import Calibration
from bench.models.contexts import Context
from bench.models.ddim import Grid, Path, Share
from bench.models.denoiser import Denoiser
from bench.models.direction_model import DirectionModel
from bench.models.guidance import Guidance, Shift
from bench.models.homes import homes
from bench.models.pullback import Basis, Pullback
from bench.models.random_basis import RandomBasis
from bench.models.tailing import Tailing

if TYPE_CHECKING:
    import torch

DENOISER = "denoiser/"


@component
class DiffusionDirections:
    """`homes` pictures, drawn by the seed, and at each of them, for each of `edits` and `prompts`, the directions of `basis`.

    A home is a draw of noise, or the noise that a picture of the dataset comes from ("image"). Directions are found and edits made
    at the time `edits` of T. An anchor is a variation of the home: see `DirectionModel`. `gain` is γ, one number or calibrated.
    Directions and edits hear the prompt; so does what draws before and after them, unless `drawn` is "empty". A unit has
    `contrasts` with its own direction under as many other prompts, those that follow its own in turn.
    """

    version: ClassVar[int] = 2
    trained: ClassVar[bool] = True
    denoiser: Generator
    start: Literal["noise", "image"]
    homes: Annotated[int, Field(gt=0)]
    prompts: Annotated[tuple[str, ...], Field(min_length=1)]
    contrasts: Annotated[int, Field(ge=0)]
    drawn: Literal["prompt", "empty"]
    edits: Annotated[tuple[Share, ...], Field(min_length=1)]
    grid: Grid
    basis: Pullback | RandomBasis
    moves: Guidance | Shift
    gain: Annotated[float, Field(gt=0)] | Calibration
    spread: Share
    tail: Tailing
    threads: Annotated[int, Field(gt=0)]
    batch_size: Annotated[int, Field(gt=0)]

    def __post_init__(self) -> None:
        if self.contrasts >= len(self.prompts):
            raise ConfigError(f"contrasts: expected fewer than the {len(self.prompts)} prompts, got {self.contrasts}")
        for name, values in (("prompts", self.prompts), ("edits", self.edits)):
            if len(set(values)) < len(values):
                raise ConfigError(f"{name}: expected each of them once, got {list(values)}")

    def fit(self, dataset: Dataset, seed: int, scratch: Folder) -> Weights:
        """Find the directions and their gains. Raises `ConfigError` when `denoiser` is none, or a dataset has no pictures."""
        import torch

        own = self.denoiser.fit(dataset, seed, scratch) if self.denoiser.trained else {}
        denoiser = self._denoiser(dataset, own)
        path, contexts = self.grid.path(denoiser.kept), self._contexts(denoiser)
        with torch_threads(self.threads):
            starts = homes(denoiser, path, dataset, self.start, self.homes, seed)
            starts = starts.repeat_interleave(len(contexts) // self.homes, 0)
            bases = [self._basis(denoiser, path, home, context, seed) for home, context in zip(starts, contexts, strict=True)]
            found = {"homes": starts, "values": torch.stack([basis.values for basis in bases])}
            found["directions"] = torch.stack([self._moved(basis) for basis in bases])
            found["turns"] = torch.tensor([basis.turns for basis in bases])
            found["settled"] = torch.tensor([int(basis.settled) for basis in bases])
            weights = {name: np.ascontiguousarray(value.cpu().numpy()) for name, value in found.items()}
            weights["gains"] = self._gains(denoiser, weights)
        return weights | {DENOISER + name: value for name, value in own.items()}

    def load(self, dataset: Dataset, weights: Weights) -> DirectionModel:
        """The model that moves along these directions."""
        own = {name.removeprefix(DENOISER): value for name, value in weights.items() if name.startswith(DENOISER)}
        return self._model(self._denoiser(dataset, own), weights)

    def _model(self, denoiser: Denoiser, weights: Weights) -> DirectionModel:
        import torch

        starts, directions = (torch.from_numpy(np.array(weights[name])).to(denoiser.device) for name in ("homes", "directions"))
        return DirectionModel(
            denoiser=denoiser,
            path=self.grid.path(denoiser.kept),
            edit=self.moves,
            contexts=self._contexts(denoiser),
            homes=starts,
            directions=directions,
            gains=np.array(weights["gains"], np.float64),
            spread=self.spread,
            tailing=self.tail,
            threads=self.threads,
            batch_size=self.batch_size,
        )

    def _denoiser(self, dataset: Dataset, weights: Weights) -> Denoiser:
        loaded = self.denoiser.load(dataset, weights)
        if not isinstance(loaded, Denoiser):
            raise ConfigError(
                f"denoiser: expected a diffusion model such as model=dsprites_upright_ddpm_s0, got {type(loaded).__name__}"
            )
        return loaded

    def _contexts(self, denoiser: Denoiser) -> tuple[Context, ...]:
        path, count = self.grid.path(denoiser.kept), len(self.prompts)
        if len({path.place(edit) for edit in self.edits}) < len(self.edits):
            raise ConfigError(f"edits: expected a step of the grid for each of {list(self.edits)}; raise `grid.steps`")
        return tuple(
            Context(
                "/".join((f"image{i}", *([f"{edit:g}T"] if len(self.edits) > 1 else []), *([prompt] if prompt else []))),
                f'the picture shows "{prompt}"' if prompt else f"the picture is a variation of picture {i}",
                prompt,
                prompt if self.drawn == "prompt" else "",
                path.place(edit),
                tuple(place - k + (k + turn) % count for turn in range(1, self.contrasts + 1)),
            )
            for place, (i, edit, (k, prompt)) in enumerate(product(range(self.homes), self.edits, enumerate(self.prompts)))
        )

    def _basis(self, denoiser: Denoiser, path: Path, home: "torch.Tensor", context: Context, seed: int) -> Basis:
        import torch

        with torch.no_grad():
            x = path.down(lambda state, time: denoiser.noise(state, time, [context.drawn]), home[None], range(context.place))[0]
        return self.basis(denoiser, x, path.times[context.place], context.prompt, seed)

    def _moved(self, basis: Basis) -> "torch.Tensor":
        if isinstance(self.moves, Guidance):
            return basis.directions
        return basis.responses

    def _gains(self, denoiser: Denoiser, weights: Weights) -> np.ndarray:
        contexts, rank = weights["directions"].shape[:2]
        if isinstance(self.gain, float):
            return np.full((contexts, rank), self.gain)
        return self.gain(self._model(denoiser, {**weights, "gains": np.ones((contexts, rank))}))
