"""A model of one class: all of its latents are one unit, which stands for what the class is."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from jaxtyping import Float32, Int, UInt8
from numpy import ndarray

from bench.artifacts import Unit
from bench.attention.opened import Opened
from bench.component import component
from bench.interfaces import Dataset, Weights
from bench.models.beta_vae import BetaVAE
from bench.models.vae import VAE


@dataclass(frozen=True)
class Whole:
    """A VAE with a single unit."""

    vae: VAE

    @property
    def latents(self) -> int:
        """As many as the VAE has."""
        return self.vae.latents

    @property
    def units(self) -> tuple[Unit, ...]:
        """All latents together. A map of it says where a picture is unlike the class."""
        return (Unit("one_class", tuple(range(self.latents))),)

    def codes(self, anchors: Int[ndarray, " n"]) -> Float32[ndarray, "n latents"]:
        """The encoder's mean for each anchor's image."""
        return self.vae.codes(anchors)

    def render(
        self, anchors: Int[ndarray, " n"], codes: Float32[ndarray, "n latents"]
    ) -> UInt8[ndarray, "n channels height width"]:
        """The mean image of each code."""
        return self.vae.render(anchors, codes)

    def opened(self, layer: int, rectified: bool, redrawn: int | None) -> Opened:
        """The encoder cut after a convolution, see `Openable`."""
        return self.vae.opened(layer, rectified, redrawn)


@component
class OneClassVAE:
    """The VAE `of`, trained on the pictures of one class."""

    version: ClassVar[int] = 1
    trained: ClassVar[bool] = True
    of: BetaVAE

    def fit(self, dataset: Dataset, seed: int, scratch: Path) -> Weights:
        """Train on the dataset's images. Raises what the VAE raises."""
        return self.of.fit(dataset, seed, scratch)

    def load(self, dataset: Dataset, weights: Mapping[str, ndarray]) -> Whole:
        """The model with these weights. Raises `DataError` when they do not fit."""
        return Whole(self.of.load(dataset, weights))
