"""Deterministic sampling of diffusion models (Song et al., DDIM, ICLR 2021), there and back on one grid of times.

A step goes from ᾱ to ᾱ′ by x′ = √ᾱ′ (x − √(1 − ᾱ) ε) / √ᾱ + √(1 − ᾱ′ − σ²) ε + σ n.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
from pydantic import Field

from bench.component import component
from bench.errors import ConfigError

if TYPE_CHECKING:
    import torch

Noise = Callable[["torch.Tensor", int], "torch.Tensor"]  # ε(x, t)
Share = Annotated[float, Field(ge=0, le=1)]


@component
class Grid:
    """`steps` times, evenly from the noisiest, t = T − 1, down to `last` of T; the step after the last one ends at ᾱ = 1.

    Going back solves every step for where it came from, by `refinements` fixed-point iterations on its first guess, the plain
    inversion, which takes ε at the wrong end of the step.
    """

    version: ClassVar[int] = 1
    steps: Annotated[int, Field(gt=0)]
    last: Annotated[float, Field(ge=0, lt=1)]
    refinements: Annotated[int, Field(ge=0)]

    def path(self, kept: "np.ndarray") -> "Path":
        """The grid on a model's ᾱ."""
        count = len(kept)
        times = np.rint(np.linspace(count - 1, self.last * (count - 1), self.steps)).astype(int)
        if len(set(times.tolist())) < self.steps:
            raise ConfigError(f"expected at most {count} different times, got a grid of {self.steps} steps; lower `steps`")
        return Path(tuple(times.tolist()), (*(float(kept[t]) for t in times), 1.0), count, self.refinements)


@dataclass(frozen=True)
class Tail:
    """Fresh noise in the last steps: η at times below `below` of T. `draw(step)` gives the noise of a step for all states."""

    eta: float
    below: float
    draw: Callable[[int], "torch.Tensor"]


@dataclass(frozen=True)
class Path:
    """Times from noisy to clean, of `whole` times of the model, and ᾱ at each of them and after the last."""

    times: tuple[int, ...]
    kept: tuple[float, ...]
    whole: int
    refinements: int

    def place(self, share: float) -> int:
        """The step whose time is nearest to `share` of T."""
        return int(np.abs(np.array(self.times) - share * (self.whole - 1)).argmin())

    def down(self, noise: Noise, x: "torch.Tensor", places: Sequence[int], tail: Tail | None = None) -> "torch.Tensor":
        """Go through the steps at these places, towards the clean end."""
        for place in places:
            told = noise(x, self.times[place])
            x = self.step(x, told, told, place, tail)
        return x

    def step(
        self, x: "torch.Tensor", removed: "torch.Tensor", added: "torch.Tensor", place: int, tail: Tail | None
    ) -> "torch.Tensor":
        """One step: takes the noise `removed` away to guess the picture, and puts `added` back; only shifts make them differ."""
        here, there = self.kept[place], self.kept[place + 1]
        spread = 0.0
        if tail is not None and self.times[place] <= tail.below * self.times[0]:
            spread = tail.eta * sqrt((1 - there) / (1 - here) * (1 - here / there))
        guess = (x - sqrt(1 - here) * removed) / sqrt(here)
        moved = sqrt(there) * guess + sqrt(max(1 - there - spread**2, 0.0)) * added
        return moved if tail is None or spread == 0 else moved + spread * tail.draw(place)

    def up(self, noise: Noise, x: "torch.Tensor") -> "torch.Tensor":
        """From clean states to the noisy ones that `down` leads back from."""
        for place in reversed(range(len(self.times))):
            here, there = self.kept[place], self.kept[place + 1]
            scale = sqrt(there / here)
            weight = sqrt(1 - there) - scale * sqrt(1 - here)
            came = x
            for _ in range(1 + self.refinements):
                came = (x - weight * noise(came, self.times[place])) / scale
            x = came
        return x
