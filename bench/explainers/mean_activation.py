"""Control: where the encoder is active at all, whatever for. A map that gradients do not improve upon is no attention."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from numpy import ndarray

from bench.artifacts import Explanation, Truth
from bench.attention.gradients import enlarged
from bench.attention.looking import Looking
from bench.attention.opened import Opened
from bench.component import component
from bench.interfaces import Dataset, GenerativeModel

if TYPE_CHECKING:
    import torch


@component
class MeanActivation:
    """The mean over channels of what a convolution puts out, enlarged; one map for all units."""

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
        import torch

        with torch.no_grad():
            return enlarged(opened.below(pixels).mean(1, keepdim=True), *pixels.shape[-2:])
