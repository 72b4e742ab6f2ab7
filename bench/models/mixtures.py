"""Wires that join several latents: rotated, added up, or in polar form."""

from typing import ClassVar

import numpy as np

from bench.component import component
from bench.errors import ConfigError
from bench.models.wires import Codes, Latent, Positions, Positive, clipped


@component
class Rotation:
    """Two latents, turned by `degrees`, set two factors: each latent's effect splits into shares cos² and sin² of the angle.

    The split is exact while no factor saturates: `reach` is the rotated value at which one does.
    """

    version: ClassVar[int] = 1
    latents: tuple[Latent, Latent]
    factors: tuple[str, str]
    degrees: float
    reach: Positive

    def __call__(self, codes: Codes, _: Positions, /) -> Positions:
        first, second = codes[:, list(self.latents)].astype(np.float64).T
        cos, sin = np.cos(np.radians(self.degrees)), np.sin(np.radians(self.degrees))
        turned = (cos * first - sin * second, sin * first + cos * second)
        return {name: clipped(value, -self.reach, self.reach) for name, value in zip(self.factors, turned, strict=True)}


@component
class Blend:
    """A weighted sum of latents sets one factor. Equal weights make latents that are duplicates of each other."""

    version: ClassVar[int] = 1
    latents: tuple[Latent, ...]
    factor: str
    weights: tuple[float, ...]
    reach: Positive

    def __post_init__(self) -> None:
        if len(self.weights) != len(self.latents):
            raise ConfigError(f"expected one weight for each of the latents {self.latents}, got {self.weights}")

    @property
    def factors(self) -> tuple[str, ...]:
        return (self.factor,)

    def __call__(self, codes: Codes, _: Positions, /) -> Positions:
        total = codes[:, list(self.latents)].astype(np.float64) @ np.array(self.weights)
        return {self.factor: clipped(total, -self.reach, self.reach)}


@component
class Polar:
    """Two latents place two factors in polar form around their middle: the first is the radius, the second the angle.

    Over ±`reach` the radius grows from 0 to 0.5 and the angle passes `turns` turns, centred on the first factor's high side.
    """

    version: ClassVar[int] = 1
    latents: tuple[Latent, Latent]
    factors: tuple[str, str]
    reach: Positive
    turns: Positive

    def __call__(self, codes: Codes, _: Positions, /) -> Positions:
        outward, around = codes[:, list(self.latents)].astype(np.float64).T
        radius = 0.5 * clipped(outward, -self.reach, self.reach)
        angle = np.pi * self.turns * around / self.reach
        return dict(zip(self.factors, (0.5 + radius * np.cos(angle), 0.5 + radius * np.sin(angle)), strict=True))
