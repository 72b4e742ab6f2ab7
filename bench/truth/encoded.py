"""The codes of many pictures whose factors are known: encoded once, read by everything that looks at the encoder."""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32, Int, UInt8
from numpy import ndarray

from bench.artifacts import Unit
from bench.errors import DataError
from bench.interfaces import Dataset, GenerativeModel

CHUNK = 2048  # pictures made at a time
Images = UInt8[ndarray, "n channels height width"]
Codes = Float32[ndarray, "n latents"]


@runtime_checkable
class Encoder(Protocol):
    """A model that also goes from images to codes: the mean and the log-variance of each latent."""

    def encode(self, images: Images) -> tuple[Codes, Codes]: ...


@runtime_checkable
class Autoencoder(GenerativeModel, Encoder, Protocol):
    """A generative model that encodes, too."""


@dataclass(frozen=True)
class OnceEncoded:
    """A model that encodes the same batch of images once, however often it is asked; all else is the model's."""

    model: Autoencoder
    kept: dict[bytes, tuple[Codes, Codes]] = field(default_factory=dict)

    @property
    def latents(self) -> int:
        """As many as the model has."""
        return self.model.latents

    @property
    def units(self) -> tuple[Unit, ...]:
        """Those of the model."""
        return self.model.units

    def codes(self, anchors: Int[ndarray, " n"]) -> Codes:
        """The model's codes."""
        return self.model.codes(anchors)

    def render(self, anchors: Int[ndarray, " n"], codes: Codes) -> Images:
        """The model's pictures."""
        return self.model.render(anchors, codes)

    def encode(self, images: Images) -> tuple[Codes, Codes]:
        """The model's means and log-variances."""
        key = blake2b(images.tobytes()).digest()
        if key not in self.kept:
            means, log_variances = self.model.encode(images)
            self.kept[key] = means, log_variances
        return self.kept[key]


@dataclass(frozen=True)
class Encoded:
    """Codes of `n` pictures, with the classes behind them. `sizes` counts the classes of each factor."""

    means: Float32[ndarray, "n latents"]
    log_variances: Float32[ndarray, "n latents"]
    classes: Int[ndarray, "n factors"]
    sizes: tuple[int, ...]


def codes_of_grid(model: Encoder, dataset: Dataset, n: int | None, seed: int) -> Encoded:
    """Encode `n` pictures drawn without replacement, in the dataset's order; all of them for `None` or where there are no more.

    Raises `DataError` for codes that are not finite.
    """
    size = len(dataset)
    drawn = np.arange(size) if n is None or n >= size else np.sort(np.random.default_rng(seed).choice(size, n, replace=False))
    parts = [model.encode(dataset.images(drawn[i : i + CHUNK])) for i in range(0, len(drawn), CHUNK)]
    means, log_variances = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    return Encoded(finite(means), finite(log_variances), dataset.classes(drawn), tuple(len(f.values) for f in dataset.factors))


def finite(codes: ndarray) -> ndarray:
    """The codes themselves. Raises `DataError` when some are NaN or infinite, or when there is none."""
    if not len(codes):
        raise DataError("expected the codes of at least one picture, got none; encode more pictures")
    wrong = np.flatnonzero(~np.isfinite(codes).all(0))
    if wrong.size:
        raise DataError(f"expected finite codes, latents {wrong.tolist()} hold NaN or infinity; train the model anew")
    return codes
