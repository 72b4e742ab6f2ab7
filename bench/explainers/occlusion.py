"""Occlusion (Zeiler & Fergus 2014, arXiv 1311.2901) of each latent: how far its mean moves when a patch is covered."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar

from jaxtyping import Float32, UInt8
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Explanation, Truth
from bench.attention.looking import Looking
from bench.attention.opened import Opened
from bench.attention.pictures import background
from bench.component import component
from bench.interfaces import Dataset, GenerativeModel

if TYPE_CHECKING:
    import torch

    from bench.attention.looking import Draw

Images = UInt8[ndarray, "n channels height width"]
Maps = Float32[ndarray, "n latents height width"]


@component
class Occlusion:
    """Covers a square of side `patch` with the median picture of the dataset, every `stride` pixels and up to the edges.

    A pixel has the mean of |change of the mean| over the patches that cover it.
    """

    version: ClassVar[int] = 1
    looking: Looking
    patch: Annotated[int, Field(gt=0)]
    stride: Annotated[int, Field(gt=0)]

    def look(
        self,
        model: GenerativeModel,
        dataset: Dataset,
        truths: Sequence[Truth],  # noqa: ARG002
        seed: int,
    ) -> Sequence[Explanation]:
        """One explanation per unit."""
        return self.looking.explain(model, dataset, seed, self._draw(dataset, seed))

    def on_frames(self, model: GenerativeModel, dataset: Dataset, frames: Images, seed: int) -> Maps:
        """Maps of frames that are given, one a latent; what covers is of the dataset."""
        return self.looking.on_frames(model, frames, seed, self._draw(dataset, seed))

    def _draw(self, dataset: Dataset, seed: int) -> "Draw":
        behind = background(dataset, seed)

        def draw(opened: Opened, pixels: "torch.Tensor", index: ndarray) -> "torch.Tensor":  # noqa: ARG001
            return self.maps(opened, pixels, behind)

        return draw

    def maps(self, opened: Opened, pixels: "torch.Tensor", behind: ndarray) -> "torch.Tensor":
        """Maps (n, latents, height, width); `behind` is what covers, as a picture of 0 to 255."""
        import torch

        cover = torch.from_numpy(behind).to(pixels) / 255
        with torch.no_grad():
            before = opened.above(opened.below(pixels))[0]
            total = pixels.new_zeros(*before.shape, *pixels.shape[-2:])
            times = pixels.new_zeros(pixels.shape[-2:])
            for window in self._windows(*pixels.shape[-2:]):
                covered = pixels.clone()
                covered[..., *window] = cover[..., *window]
                moved = (opened.above(opened.below(covered))[0] - before).abs()
                total[..., *window] += moved[..., None, None]
                times[window] += 1
        return total / times

    def _windows(self, height: int, width: int) -> Iterator[tuple[slice, slice]]:
        for top in self._starts(height):
            for left in self._starts(width):
                yield slice(top, top + self.patch), slice(left, left + self.patch)

    def _starts(self, side: int) -> list[int]:
        last = max(side - self.patch, 0)
        return sorted({*range(0, last, self.stride), last})
