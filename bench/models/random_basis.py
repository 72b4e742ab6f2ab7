"""Random directions: what every other way of finding directions has to beat."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from bench.component import component
from bench.models.denoiser import Denoiser
from bench.models.pullback import Basis

if TYPE_CHECKING:
    import torch


@component
class RandomBasis:
    """`rank` orthogonal directions of states, and as many of the bottleneck, drawn evenly."""

    version: ClassVar[int] = 1
    rank: Annotated[int, Field(gt=0)]

    def __call__(self, denoiser: Denoiser, x: "torch.Tensor", time: int, prompt: str, seed: int) -> Basis:
        """The directions at the state `x` (one, without an axis of its own), seeded by `seed`."""
        import torch

        with torch.no_grad():
            answer = denoiser.bottleneck(x[None], time, [prompt])[0]
        generator = torch.Generator().manual_seed(seed)
        drawn = [torch.linalg.qr(torch.randn(y.numel(), self.rank, generator=generator)).Q.T for y in (x, answer)]
        directions, responses = (rows.to(x.device) for rows in drawn)
        return Basis(directions.reshape(-1, *x.shape), torch.zeros(self.rank), responses, 0, True)
