"""Where a picture is unlike its class: gradient attention on one number for the whole code (Liu et al. 2020, arXiv 1911.07389)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from numpy import ndarray

from bench.artifacts import Explanation, Truth
from bench.attention.gradients import enlarged, signed_maps
from bench.attention.looking import Looking
from bench.attention.normal import aggregates
from bench.attention.opened import Opened
from bench.attention.pictures import STATISTICS, drawn
from bench.attention.targets import Aggregate, Target
from bench.component import component
from bench.interfaces import Dataset, GenerativeModel

if TYPE_CHECKING:
    import torch


@component
class AnomalyAttention:
    """As `GradientAttention`, but `target` is summed over latents before it is differentiated, so `positive` sees their sum.

    Of the difference from normal pictures that is equation 4 of the paper; of a deviation it is how far the whole code is from
    what is normal. Draws of a target are averaged after `positive`.
    """

    version: ClassVar[int] = 2
    looking: Looking
    target: Target
    pooled: bool
    positive: Literal["relu", "size"]

    def look(
        self,
        model: GenerativeModel,
        dataset: Dataset,
        truths: Sequence[Truth],  # noqa: ARG002
        seed: int,
    ) -> Sequence[Explanation]:
        """One explanation per unit, all with the same maps."""
        normal = aggregates(dataset.images(drawn(dataset, self.target.pictures, [seed, STATISTICS])))

        def draw(opened: Opened, pixels: "torch.Tensor", index: ndarray) -> "torch.Tensor":
            return self.maps(opened, pixels, index, normal(opened), seed)

        return self.looking.explain(model, dataset, seed, draw)

    def maps(self, opened: Opened, pixels: "torch.Tensor", index: ndarray, normal: Aggregate, seed: int) -> "torch.Tensor":
        """One map a picture, (n, 1, height, width)."""
        import torch

        seen = opened.see(pixels)
        mean, log_variance = (part.detach().cpu().double().numpy() for part in seen[1:3])
        mixes = [torch.from_numpy(part).to(pixels) for part in self.target.weights(mean, log_variance, normal, index, seed)]
        sums = sum((mix * part).sum(-1) for mix, part in zip(mixes, seen[1:3], strict=True))
        assert isinstance(sums, torch.Tensor)
        signed = signed_maps(opened, sums.T, seen, self.pooled)
        positive = signed.relu() if self.positive == "relu" else signed.abs()
        return enlarged(positive.mean(1, keepdim=True), *pixels.shape[-2:])
