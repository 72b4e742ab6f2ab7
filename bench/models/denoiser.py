"""What a diffusion model offers to those who look for directions in it, whatever network, text or decoder is behind it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from jaxtyping import Float64, UInt8
from numpy import ndarray

if TYPE_CHECKING:
    import torch


@runtime_checkable
class Denoiser(Protocol):
    """A model that predicts noise. States x are float32 tensors, `n × shape`; times count from 0, the cleanest.

    There is one prompt a state; a model without text takes "" only.
    """

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def device(self) -> str: ...
    @property
    def kept(self) -> Float64[ndarray, " times"]:
        """ᾱ_t: the part of the variance at each time that is picture."""
        ...

    def noise(self, x: "torch.Tensor", time: int, prompts: Sequence[str]) -> "torch.Tensor":
        """ε(x, t)."""
        ...

    def bottleneck(self, x: "torch.Tensor", time: int, prompts: Sequence[str]) -> "torch.Tensor":
        """h(x, t): what the middle block puts out. Can be differentiated in forward and in reverse mode."""
        ...

    def shifted(self, x: "torch.Tensor", time: int, prompts: Sequence[str], shift: "torch.Tensor") -> "torch.Tensor":
        """ε(x, t) with `shift` added to what the middle block puts out."""
        ...

    def clean(self, images: UInt8[ndarray, "n channels height width"]) -> "torch.Tensor":
        """The states at which pictures are free of noise."""
        ...

    def pictures(self, x: "torch.Tensor") -> UInt8[ndarray, "n channels height width"]:
        """The pictures of states that are free of noise."""
        ...
