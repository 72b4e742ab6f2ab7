"""Wires that act only sometimes: logic of two latents, a gate on another factor, a part of a latent's range."""

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from bench.component import component
from bench.models.wires import Codes, Latent, Positions, Wire

Position = Annotated[float, Field(ge=0, le=1)]


@component
class Switch:
    """A factor stands at `resting` until latents pass `threshold`, then at `acting`: all of them (`and`) or any of them (`or`)."""

    version: ClassVar[int] = 1
    latents: tuple[Latent, Latent]
    factor: str
    rule: Literal["and", "or"]
    threshold: float
    resting: Position
    acting: Position

    @property
    def factors(self) -> tuple[str, ...]:
        return (self.factor,)

    def __call__(self, codes: Codes, _: Positions, /) -> Positions:
        over = codes[:, list(self.latents)] > self.threshold
        acts = over.all(1) if self.rule == "and" else over.any(1)
        return {self.factor: np.where(acts, self.acting, self.resting)}


@component
class Gated:
    """A wire that acts only while the factor `gate` stands between `low` and `high`, ends included.

    Elsewhere the wire's factors keep what earlier wires gave them, or their own value when there is none.
    """

    version: ClassVar[int] = 1
    gate: str
    low: Position
    high: Position
    wire: Wire

    @property
    def latents(self) -> tuple[int, ...]:
        return self.wire.latents

    @property
    def factors(self) -> tuple[str, ...]:
        return self.wire.factors

    def __call__(self, codes: Codes, positions: Positions, /) -> Positions:
        acts = (positions[self.gate] >= self.low) & (positions[self.gate] <= self.high)
        return {name: np.where(acts, value, positions[name]) for name, value in self.wire(codes, positions).items()}


@component
class Within:
    """A wire that feels `latent` only between `low` and `high`: beyond either end, moving the latent further does nothing."""

    version: ClassVar[int] = 1
    latent: Latent
    low: float
    high: float
    wire: Wire

    @property
    def latents(self) -> tuple[int, ...]:
        return self.wire.latents

    @property
    def factors(self) -> tuple[str, ...]:
        return self.wire.factors

    def __call__(self, codes: Codes, positions: Positions, /) -> Positions:
        felt = codes.copy()
        felt[:, self.latent] = np.clip(codes[:, self.latent], self.low, self.high)
        return self.wire(felt, positions)
