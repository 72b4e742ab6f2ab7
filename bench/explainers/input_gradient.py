"""Saliency (Simonyan et al. 2014, arXiv 1312.6034) of each latent: how much its mean changes with each pixel."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from jaxtyping import Float32, UInt8
from numpy import ndarray

from bench.artifacts import Explanation, Truth
from bench.attention.gradients import gradients
from bench.attention.looking import Looking
from bench.attention.opened import Opened
from bench.component import component
from bench.errors import ConfigError
from bench.interfaces import Dataset, GenerativeModel

if TYPE_CHECKING:
    import torch

Images = UInt8[ndarray, "n channels height width"]
Maps = Float32[ndarray, "n latents height width"]


@component
class InputGradient:
    """|d mean / d pixel|, the largest over colours."""

    version: ClassVar[int] = 1
    looking: Looking

    def __post_init__(self) -> None:
        if self.looking.layer:
            raise ConfigError(f"looking.layer: expected 0, the pixels, got {self.looking.layer}")

    def look(
        self,
        model: GenerativeModel,
        dataset: Dataset,
        truths: Sequence[Truth],  # noqa: ARG002
        seed: int,
    ) -> Sequence[Explanation]:
        """One explanation per unit."""
        return self.looking.explain(model, dataset, seed, self.maps)

    def on_frames(self, model: GenerativeModel, dataset: Dataset, frames: Images, seed: int) -> Maps:  # noqa: ARG002
        """Maps of frames that are given, one a latent."""
        return self.looking.on_frames(model, frames, seed, self.maps)

    def maps(self, opened: Opened, pixels: "torch.Tensor", index: ndarray) -> "torch.Tensor":  # noqa: ARG002
        """Maps (n, latents, height, width)."""
        seen = opened.see(pixels)
        return gradients(seen.mean, seen.activations).abs().amax(2).transpose(0, 1)
