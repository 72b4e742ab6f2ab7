"""Where a picture is unlike what the model expects: the gradient of its evidence bound (Dehaene et al. 2020, arXiv 2002.03734)."""

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
class ElboGradient:
    """|d ELBO / d pixel|, the largest over colours, smoothed by a Gaussian of `width` pixels; one map for all units.

    The bound is taken at the mean of the posterior, with independent Bernoulli pixels and the standard normal prior.
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
            raise ConfigError("the gradient of the evidence bound needs a decoder that is a network, such as that of a VAE")
        pixels = pixels.clone().requires_grad_()
        mean, log_variance = opened.above(opened.below(pixels))
        logits = opened.decode(mean)
        told = -torch.nn.functional.binary_cross_entropy_with_logits(logits, pixels, reduction="sum")
        divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum()
        [gradient] = torch.autograd.grad(told - divergence, pixels)
        return smoothed(gradient.abs().amax(1, keepdim=True), self.width)
