"""Known maps from latents to factors. A wire sets the positions of the factors that it governs; these two join one to one.

A position lies in [0, 1], from the first to the last value of a factor. A wire that never moves a factor is no wire: a latent
without one is dead. Ranges and `reach` are in units of the prior's standard deviation. After FIND (arXiv 2309.03886), where
functions that are known exactly are to be explained.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray
from pydantic import Field

from bench.component import component
from bench.errors import ConfigError

Codes = Float32[ndarray, "n latents"]
Positions = Mapping[str, Float64[ndarray, " n"]]
Positive = Annotated[float, Field(gt=0)]
Latent = Annotated[int, Field(ge=0)]


@runtime_checkable
class Wire(Protocol):
    """Reads `latents` and the positions placed so far, and returns the positions of `factors`."""

    @property
    def latents(self) -> tuple[int, ...]: ...
    @property
    def factors(self) -> tuple[str, ...]: ...
    def __call__(self, codes: Codes, positions: Positions, /) -> Positions: ...


@component
class Ramp:
    """One latent sets one factor, from `low` to `high` and flat beyond: a narrow range saturates.

    `sign` -1 turns it round; `power` bends it without changing its direction (1 is a straight line).
    """

    version: ClassVar[int] = 1
    latent: Latent
    factor: str
    low: float
    high: float
    sign: Literal[-1, 1]
    power: Positive

    def __post_init__(self) -> None:
        if self.low >= self.high:
            raise ConfigError(f"expected low < high, got low {self.low} and high {self.high}; use sign: -1 to turn a ramp round")

    @property
    def latents(self) -> tuple[int, ...]:
        return (self.latent,)

    @property
    def factors(self) -> tuple[str, ...]:
        return (self.factor,)

    def __call__(self, codes: Codes, _: Positions, /) -> Positions:
        rising = clipped(codes[:, self.latent].astype(np.float64), self.low, self.high) ** self.power
        return {self.factor: rising if self.sign > 0 else 1 - rising}


@component
class Periodic:
    """One latent swings one factor up and down `cycles` times over ±`reach`, so that its effect has no direction."""

    version: ClassVar[int] = 1
    latent: Latent
    factor: str
    cycles: Positive
    reach: Positive

    @property
    def latents(self) -> tuple[int, ...]:
        return (self.latent,)

    @property
    def factors(self) -> tuple[str, ...]:
        return (self.factor,)

    def __call__(self, codes: Codes, _: Positions, /) -> Positions:
        phase = np.pi * self.cycles * (codes[:, self.latent].astype(np.float64) / self.reach + 1)
        return {self.factor: 0.5 - 0.5 * np.cos(phase)}


def clipped(value: Float64[ndarray, " n"], low: float, high: float) -> Float64[ndarray, " n"]:
    """Where a value stands between `low` (0) and `high` (1); 0 and 1 beyond."""
    return np.clip((value - low) / (high - low), 0.0, 1.0)
