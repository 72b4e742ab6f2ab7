"""A diffusion model whose directions are known: the ideal denoiser of an exact decoder's latents, turned by a known rotation."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
from jaxtyping import Float32, Float64, Int, UInt8
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Unit
from bench.component import component
from bench.errors import ConfigError
from bench.interfaces import Dataset, Weights
from bench.models.exact import ExactDecoder, ExactModel
from bench.models.schedule import Schedule

if TYPE_CHECKING:
    import torch

ROTATION = 14  # first number of the seed


@component
class ExactDenoiser:
    """Latents z ~ N(0, I) of `decoder` lie in states x = R z, with R drawn by `seed`.

    h = S Rᵀ x with S = diag(1, `fall`, `fall`², …), so that the k-th right singular vector of ∂h/∂x is latent k, up to sign; and
    ε(x, t) = √(1 − ᾱ_t) x = √(1 − ᾱ_t) R S⁻¹ h, which is exact for this law. What no latent governs is as in anchor 0.
    """

    version: ClassVar[int] = 1
    trained: ClassVar[bool] = False
    decoder: ExactDecoder
    schedule: Schedule
    fall: Annotated[float, Field(gt=0, lt=1)]
    seed: int

    def fit(self, dataset: Dataset, seed: int, scratch: Path) -> Weights:  # noqa: ARG002
        """No weights: the map is the configuration."""
        return {}

    def load(self, dataset: Dataset, weights: Weights) -> "KnownDenoiser":
        """The denoiser over the pictures of a dataset whose factors are known."""
        model = self.decoder.load(dataset, weights)
        drawn = np.random.default_rng([ROTATION, self.seed]).standard_normal((model.latents, model.latents))
        rotation = np.linalg.qr(drawn)[0]
        return KnownDenoiser(model, rotation, self.fall ** np.arange(model.latents), self.schedule.kept)


@dataclass(frozen=True)
class KnownDenoiser:
    """`rotation` has a column for each latent of the decoder; `stretch` says how strongly the bottleneck answers each."""

    decoder: ExactModel
    rotation: Float64[ndarray, "latents latents"]
    stretch: Float64[ndarray, " latents"]
    kept: Float64[ndarray, " times"]
    device: str = "cpu"
    latents: int = 0
    units: tuple[Unit, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """One channel for each latent, one pixel."""
        return (self.decoder.latents, 1, 1)

    def noise(self, x: "torch.Tensor", time: int, prompts: Sequence[str]) -> "torch.Tensor":
        """ε(x, t)."""
        return self._answer(self.bottleneck(x, time, prompts), time)

    def bottleneck(self, x: "torch.Tensor", time: int, prompts: Sequence[str]) -> "torch.Tensor":  # noqa: ARG002
        """h(x)."""
        return ((x[:, :, 0, 0] @ self._tensor(self.rotation)) * self._tensor(self.stretch))[:, :, None, None]

    def shifted(self, x: "torch.Tensor", time: int, prompts: Sequence[str], shift: "torch.Tensor") -> "torch.Tensor":
        """ε(x, t) with `shift` added to h."""
        return self._answer(self.bottleneck(x, time, prompts) + shift, time)

    def clean(self, images: UInt8[ndarray, "n channels height width"]) -> "torch.Tensor":  # noqa: ARG002
        """Raises `ConfigError`: an exact decoder does not go back."""
        raise ConfigError("expected start=noise, since an exact decoder has no way from pictures to latents")

    def pictures(self, x: "torch.Tensor") -> UInt8[ndarray, "n channels height width"]:
        """The decoder's pictures of latents."""
        z = (x[:, :, 0, 0] @ self._tensor(self.rotation)).numpy()
        return self.decoder.render(np.zeros(len(z), np.int64), z)

    def codes(self, anchors: Int[ndarray, " n"]) -> Float32[ndarray, "n latents"]:
        """Nothing: on its own it has no units."""
        return np.zeros((len(anchors), 0), np.float32)

    def render(
        self,
        anchors: Int[ndarray, " n"],
        codes: Float32[ndarray, "n latents"],  # noqa: ARG002
    ) -> UInt8[ndarray, "n channels height width"]:
        """The decoder's pictures of its own draws."""
        return self.decoder.render(anchors, self.decoder.codes(anchors))

    def _answer(self, h: "torch.Tensor", time: int) -> "torch.Tensor":
        z = h[:, :, 0, 0] / self._tensor(self.stretch)
        size: float = (1 - float(self.kept[time])) ** 0.5
        return size * (z @ self._tensor(self.rotation.T))[:, :, None, None]

    def _tensor(self, values: Float64[ndarray, "..."]) -> "torch.Tensor":
        import torch

        return torch.from_numpy(values.astype(np.float32))
