"""Gradient attention of each latent (Liu et al., "Towards Visually Explaining Variational Autoencoders", arXiv 1911.07389)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from jaxtyping import Float32, UInt8
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

    from bench.attention.looking import Draw

Images = UInt8[ndarray, "n channels height width"]
Maps = Float32[ndarray, "n latents height width"]


@component
class GradientAttention:
    """Channels of a convolution weighted by the gradient of `target`, summed, and made positive by ReLU or by their size.

    `pooled`: one weight a channel, its mean gradient (Grad-CAM); else a weight a position (HiResCAM). Draws of a target are
    averaged after `positive`. Maps are enlarged bilinearly.
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
        """One explanation per unit."""
        return self.looking.explain(model, dataset, seed, self._draw(dataset, seed))

    def on_frames(self, model: GenerativeModel, dataset: Dataset, frames: Images, seed: int) -> Maps:
        """Maps of frames that are given, one a latent; the dataset says what is normal."""
        return self.looking.on_frames(model, frames, seed, self._draw(dataset, seed))

    def _draw(self, dataset: Dataset, seed: int) -> "Draw":
        normal = aggregates(dataset.images(drawn(dataset, self.target.pictures, [seed, STATISTICS])))

        def draw(opened: Opened, pixels: "torch.Tensor", index: ndarray) -> "torch.Tensor":
            return self.maps(opened, pixels, index, normal(opened), seed)

        return draw

    def maps(self, opened: Opened, pixels: "torch.Tensor", index: ndarray, normal: Aggregate, seed: int) -> "torch.Tensor":
        """Maps (n, latents, height, width) of pictures in [0, 1]."""
        import torch

        seen = opened.see(pixels)
        mean, log_variance = (part.detach().cpu().double().numpy() for part in seen[1:3])
        mixes = [torch.from_numpy(part).to(pixels) for part in self.target.weights(mean, log_variance, normal, index, seed)]
        mixes = mixes if mixes[1].any() else mixes[:1]  # half the work where log-variances have no part in it
        outputs = torch.cat(seen[1 : 1 + len(mixes)], dim=1)
        signed = signed_maps(opened, outputs, seen, self.pooled).chunk(len(mixes), dim=1)
        mixed = torch.stack([mix[..., None, None] * part for mix, part in zip(mixes, signed, strict=True)]).sum(0)
        positive = mixed.relu() if self.positive == "relu" else mixed.abs()
        return enlarged(positive.mean(0), *pixels.shape[-2:])
