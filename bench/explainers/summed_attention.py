"""Attention to all latents at once, as the published code of Liu et al. computes it: one map a picture, whatever the unit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from numpy import ndarray

from bench.artifacts import Explanation, Truth
from bench.attention.gradients import enlarged, gradients, weighted
from bench.attention.looking import Looking
from bench.attention.opened import Opened
from bench.component import component
from bench.interfaces import Dataset, GenerativeModel

if TYPE_CHECKING:
    import torch

SMALL = 1e-5  # added to the root mean square


@component
class SummedAttention:
    """|sum over channels of mean gradient x activation| of the sum of all means, the gradient divided by its root mean square.

    The root mean square is that of each picture, so that a map does not depend on the batch; with the published one, over the
    batch, a map has another scale and the same shape. Enlarged before its size is taken.
    """

    version: ClassVar[int] = 1
    looking: Looking

    def look(
        self,
        model: GenerativeModel,
        dataset: Dataset,
        truths: Sequence[Truth],  # noqa: ARG002
        seed: int,
    ) -> Sequence[Explanation]:
        """One explanation per unit, all with the same maps."""
        return self.looking.explain(model, dataset, seed, self.maps)

    def maps(self, opened: Opened, pixels: "torch.Tensor", index: ndarray) -> "torch.Tensor":  # noqa: ARG002
        """One map a picture, (n, 1, height, width)."""
        seen = opened.see(pixels)
        gradient = gradients(seen.mean.sum(1, keepdim=True), seen.activations)
        size = gradient.square().mean((-3, -2, -1), keepdim=True).sqrt()
        signed = weighted(gradient / (size + SMALL), seen.activations.detach(), pooled=True)
        return enlarged(signed, *pixels.shape[-2:]).abs()
