"""Directions in a diffusion model as units to explain: found at some pictures, and moved at variations of them."""

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from bench.component import component
from bench.errors import ConfigError
from bench.hardware import torch_threads
from bench.interfaces import Dataset, Generator, Weights
from bench.models.calibration import Calibration
from bench.models.ddim import Grid, Share
from bench.models.ddim import Path as Times
from bench.models.denoiser import Denoiser
from bench.models.direction_model import Context, DirectionModel
from bench.models.guidance import Guidance, Shift
from bench.models.pullback import Basis, Pullback
from bench.models.random_basis import RandomBasis
from bench.models.tailing import Tailing
from bench.models.unet_denoiser import start

if TYPE_CHECKING:
    import torch

HOMES = 13  # first number of the seed of the pictures
DENOISER = "denoiser/"


@component
class DiffusionDirections:
    """`homes` pictures, drawn by the seed, and at each of them, for each of `prompts`, the directions of `basis`.

    A home is a draw of noise, or the noise that a picture of the dataset comes from ("image"). Directions are found and edits made
    at the time `edit` of T. An anchor is a variation of the home: see `DirectionModel`. `gain` is γ, one number or calibrated.
    Directions and edits hear the prompt; so does what draws before and after them, unless `drawn` is "empty".
    """

    version: ClassVar[int] = 1
    trained: ClassVar[bool] = True
    denoiser: Generator
    start: Literal["noise", "image"]
    homes: Annotated[int, Field(gt=0)]
    prompts: Annotated[tuple[str, ...], Field(min_length=1)]
    drawn: Literal["prompt", "empty"]
    edit: Share
    grid: Grid
    basis: Pullback | RandomBasis
    moves: Guidance | Shift
    gain: Annotated[float, Field(gt=0)] | Calibration
    spread: Share
    tail: Tailing
    threads: Annotated[int, Field(gt=0)]
    batch_size: Annotated[int, Field(gt=0)]

    def fit(self, dataset: Dataset, seed: int, scratch: Path) -> Weights:
        """Find the directions and their gains. Raises `ConfigError` when `denoiser` is none, or a dataset has no pictures."""
        import torch

        own = self.denoiser.fit(dataset, seed, scratch) if self.denoiser.trained else {}
        denoiser = self._denoiser(dataset, own)
        with torch_threads(self.threads):
            homes = self._homes(denoiser, dataset, seed)
            bases = [self._basis(denoiser, home, context, seed) for home, context in zip(homes, self._contexts(), strict=True)]
            found = {"homes": homes, "values": torch.stack([basis.values for basis in bases])}
            found["directions"] = torch.stack([self._moved(basis) for basis in bases])
            found["turns"] = torch.tensor([basis.turns if basis.settled else -basis.turns for basis in bases])
            weights = {name: np.ascontiguousarray(value.cpu().numpy()) for name, value in found.items()}
            weights["gains"] = self._gains(dataset, weights | {DENOISER + name: value for name, value in own.items()})
        return weights | {DENOISER + name: value for name, value in own.items()}

    def load(self, dataset: Dataset, weights: Weights) -> DirectionModel:
        """The model that moves along these directions."""
        import torch

        own = {name.removeprefix(DENOISER): value for name, value in weights.items() if name.startswith(DENOISER)}
        denoiser = self._denoiser(dataset, own)
        homes, directions = (torch.from_numpy(np.array(weights[name])).to(denoiser.device) for name in ("homes", "directions"))
        return DirectionModel(
            denoiser=denoiser,
            path=self._path(denoiser),
            edit=self.moves,
            contexts=self._contexts(),
            homes=homes,
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

    def _path(self, denoiser: Denoiser) -> Times:
        return self.grid.path(denoiser.kept, self.edit)

    def _contexts(self) -> tuple[Context, ...]:
        pairs = product(range(self.homes), self.prompts)
        return tuple(
            Context(f"image{i}/{prompt}", f'the picture shows "{prompt}"', prompt, prompt if self.drawn == "prompt" else "")
            if prompt
            else Context(f"image{i}", f"the picture is a variation of picture {i}", "", "")
            for i, prompt in pairs
        )

    def _homes(self, denoiser: Denoiser, dataset: Dataset, seed: int) -> "torch.Tensor":
        """A state of pure noise for each context; prompts share those of their picture."""
        import torch

        rng = np.random.default_rng([HOMES, seed])
        with torch.inference_mode():
            if self.start == "noise":
                x = start(denoiser.shape, rng.choice(2**31, self.homes, replace=False).tolist(), denoiser.device)
            else:
                if len(dataset) < self.homes:
                    raise ConfigError(
                        f"expected {self.homes} pictures, the dataset has {len(dataset)}; lower `homes` or set start=noise"
                    )
                clean = denoiser.clean(dataset.images(np.sort(rng.choice(len(dataset), self.homes, replace=False))))
                x = self._path(denoiser).up(lambda state, time: denoiser.noise(state, time, [""] * len(state)), clean)
        return x.clone().repeat_interleave(len(self.prompts), 0)

    def _basis(self, denoiser: Denoiser, home: "torch.Tensor", context: Context, seed: int) -> Basis:
        import torch

        path = self._path(denoiser)
        with torch.no_grad():
            x = path.down(lambda state, time: denoiser.noise(state, time, [context.drawn]), home[None], range(path.edit))[0]
        return self.basis(denoiser, x, path.edit_time, context.prompt, seed)

    def _moved(self, basis: Basis) -> "torch.Tensor":
        if isinstance(self.moves, Guidance):
            return basis.directions
        return basis.responses

    def _gains(self, dataset: Dataset, weights: Weights) -> np.ndarray:
        contexts, rank = weights["directions"].shape[:2]
        if isinstance(self.gain, float):
            return np.full((contexts, rank), self.gain)
        return self.gain(self.load(dataset, {**weights, "gains": np.ones((contexts, rank))}))
