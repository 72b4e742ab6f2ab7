"""Fresh noise in the last steps of sampling, and whose it is."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, ClassVar

from jaxtyping import Float32
from numpy import ndarray

from bench.component import component
from bench.models.ddim import Share, Tail
from bench.models.unet_denoiser import start

if TYPE_CHECKING:
    import torch


@component
class Tailing:
    """η of the last steps, at times below `below` of T; 0 draws without chance. `shared` noise is that of an anchor.

    Noise that is not shared differs from frame to frame, so that frames differ in more than their code.
    """

    version: ClassVar[int] = 1
    eta: Share
    below: Share
    shared: bool

    def tail(self, x: "torch.Tensor", anchors: Sequence[int], codes: Float32[ndarray, "n latents"]) -> Tail:
        """The noise of these states, one for each anchor and code."""
        whose = [b"" if self.shared else code.tobytes() for code in codes]

        def draw(step: int) -> "torch.Tensor":
            seeds = [_seed(anchor, step, code) for anchor, code in zip(anchors, whose, strict=True)]
            return start(tuple(x.shape[1:]), seeds, str(x.device))

        return Tail(self.eta, self.below, draw)


def _seed(anchor: int, step: int, code: bytes) -> int:
    return int.from_bytes(blake2b(f"{anchor} {step} ".encode() + code, digest_size=7).digest(), "big")
