"""Where a model cannot draw a picture again: the plainest way to find what is unlike its class."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar

from numpy import ndarray
from pydantic import Field

from bench.artifacts import Explanation, Truth
from bench.attention.looking import Looking
from bench.attention.opened import Opened
from bench.attention.smoothing import smoothed
from bench.component import component
from bench.errors import ConfigError
from bench.interfaces import Dataset, GenerativeModel

if TYPE_CHECKING:
    import torch


@component
class ReconstructionError:
    """|picture - reconstruction|, the mean over colours, smoothed by a Gaussian of `width` pixels; one map for all units.

    The reconstruction is the mean picture of the mean code.
    """

    version: ClassVar[int] = 1
    looking: Looking
    width: Annotated[float, Field(ge=0)]

    def look(
        self,
        model: GenerativeModel,
        dataset: Dataset,
        truths: Sequence[Truth],  # noqa: ARG002
        seed: int,
    ) -> Sequence[Explanation]:
        """One explanation per unit. Raises `ConfigError` where the decoder is not a network."""
        return self.looking.explain(model, dataset, seed, self.maps)

    def maps(self, opened: Opened, pixels: "torch.Tensor", index: ndarray) -> "torch.Tensor":  # noqa: ARG002
        """One map a picture, (n, 1, height, width)."""
        import torch

        if opened.decode is None:
            raise ConfigError("the error of a reconstruction needs a decoder that is a network, such as that of a VAE")
        with torch.no_grad():
            mean, _ = opened.above(opened.below(pixels))
            return smoothed((pixels - opened.decode(mean).sigmoid()).abs().mean(1, keepdim=True), self.width)
