"""An exact decoder with an encoder of known form, so that maps of what an encoder looks at can be held against what is true."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
from jaxtyping import Float32, Float64, Int, UInt8
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Unit
from bench.attention.opened import Opened
from bench.component import component
from bench.errors import ConfigError
from bench.hardware import torch_threads, usable
from bench.interfaces import Dataset, Weights
from bench.models.exact import ExactDecoder, ExactModel
from bench.models.moments import FEATURES, channels, features

if TYPE_CHECKING:
    import torch

DRAWN = 3  # first number of the seed of the codes that the encoder is fitted to


@component
class ExactAutoencoder:
    """The decoder as it is; the mean of the posterior is linear in moments of the picture, by least squares over `sample` codes.

    The variance of a latent is that of its residuals, the same for all pictures.
    """

    version: ClassVar[int] = 1
    trained: ClassVar[bool] = False
    decoder: ExactDecoder
    sample: Annotated[int, Field(gt=FEATURES)]
    device: str
    threads: int
    batch_size: int

    def fit(self, dataset: Dataset, seed: int, scratch: Path) -> Weights:
        """`weight` (latents, features) and `log_variance` (latents,)."""
        exact = self.decoder.load(dataset, self.decoder.fit(dataset, seed, scratch))
        anchors = np.random.default_rng(DRAWN).choice(2**31, self.sample, replace=False)
        codes = exact.codes(anchors).astype(np.float64)
        seen = self._seen(exact.render(anchors, codes.astype(np.float32)))
        weight = np.linalg.lstsq(seen, codes, rcond=None)[0]
        spread = (codes - seen @ weight).var(0)
        return {"weight": weight.T.astype(np.float32), "log_variance": np.log(spread).astype(np.float32)}

    def load(self, dataset: Dataset, weights: Weights) -> "ExactAutoencoderModel":
        """The model with this encoder; one is fitted when no weights are given."""
        found = weights or self.fit(dataset, 0, Path())
        return self._model(self.decoder.load(dataset, {}), found["weight"], found["log_variance"])

    def _model(self, exact: ExactModel, weight: ndarray, log_variance: ndarray) -> "ExactAutoencoderModel":
        return ExactAutoencoderModel(exact, weight, log_variance, usable(self.device), self.threads, self.batch_size)

    def _seen(self, images: UInt8[ndarray, "n channels height width"]) -> Float64[ndarray, "n features"]:
        import torch

        parts = np.array_split(images, max(len(images) // self.batch_size, 1))
        with torch.inference_mode(), torch_threads(self.threads):
            return np.concatenate([features(channels(torch.from_numpy(part).double() / 255)).numpy() for part in parts])


@dataclass(frozen=True)
class ExactAutoencoderModel:
    """An exact decoder beside its encoder. `weight` (latents, features) and `log_variance` (latents,) make the posterior."""

    exact: ExactModel
    weight: Float32[ndarray, "latents features"]
    log_variance: Float32[ndarray, " latents"]
    device: str
    threads: int
    batch_size: int

    @property
    def latents(self) -> int:
        """Those of the decoder."""
        return self.exact.latents

    @property
    def units(self) -> tuple[Unit, ...]:
        """Those of the decoder."""
        return self.exact.units

    def codes(self, anchors: Int[ndarray, " n"]) -> Float32[ndarray, "n latents"]:
        """A draw of the prior for each anchor."""
        return self.exact.codes(anchors)

    def positions(self, anchors: Int[ndarray, " n"], codes: Float32[ndarray, "n latents"]) -> Float64[ndarray, "n factors"]:
        """Where each factor stands."""
        return self.exact.positions(anchors, codes)

    def render(
        self, anchors: Int[ndarray, " n"], codes: Float32[ndarray, "n latents"]
    ) -> UInt8[ndarray, "n channels height width"]:
        """The pictures of codes."""
        return self.exact.render(anchors, codes)

    def encode(
        self, images: UInt8[ndarray, "n channels height width"]
    ) -> tuple[Float32[ndarray, "n latents"], Float32[ndarray, "n latents"]]:
        """Mean and log-variance of each picture's posterior."""
        import torch

        whole, parts = self.opened(1, False, None), []
        with torch.inference_mode(), torch_threads(self.threads):
            for start in range(0, max(len(images), 1), self.batch_size):
                batch = torch.from_numpy(images[start : start + self.batch_size]).to(self.device).float() / 255
                parts.append(whole.above(whole.below(batch))[0].cpu().numpy())
        means = np.concatenate(parts)
        return means, np.broadcast_to(self.log_variance, means.shape)

    def opened(self, layer: int, rectified: bool, redrawn: int | None) -> Opened:  # noqa: ARG002 (there is no ReLU)
        """Cut at the pixels (0) or after the only layer (1). Drawn anew, the weights of the read-out are standard normal."""
        import torch

        if layer not in (0, 1):
            raise ConfigError(f"layer: expected 0 (the pixels) or 1, the only layer of this encoder, got {layer}")
        weight = self.weight if redrawn is None else np.random.default_rng(redrawn).standard_normal(self.weight.shape, np.float32)
        matrix, spread = (torch.from_numpy(np.array(part)).to(self.device) for part in (weight, self.log_variance))

        def read(activations: "torch.Tensor") -> "tuple[torch.Tensor, torch.Tensor]":
            mean = features(activations) @ matrix.T
            return mean, spread.expand_as(mean)

        def whole(pixels: "torch.Tensor") -> "tuple[torch.Tensor, torch.Tensor]":
            return read(channels(pixels))

        below, above = (channels, read) if layer else (_unchanged, whole)
        return Opened(below, above, None, self.device, self.threads, self.batch_size)


def _unchanged(pixels: "torch.Tensor") -> "torch.Tensor":
    return pixels
