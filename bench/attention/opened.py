"""An encoder cut in two, so that gradients with respect to the activations in between are at hand without hooks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    import torch


class Seen(NamedTuple):
    """One forward pass: `activations` (n, channels, height, width), `mean` and `log_variance` (n, latents)."""

    activations: "torch.Tensor"
    mean: "torch.Tensor"
    log_variance: "torch.Tensor"


@dataclass(frozen=True)
class Opened:
    """`below` goes from pixels in [0, 1] to activations, `above` from those to mean and log-variance of each latent.

    Both are differentiable, and so is `decode`, from codes to logits of pixels (`None` for a decoder that is not a network).
    `device`, `threads` and `batch_size` say how to run them.
    """

    below: "Callable[[torch.Tensor], torch.Tensor]"
    above: "Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]"
    decode: "Callable[[torch.Tensor], torch.Tensor] | None"
    device: str
    threads: int
    batch_size: int

    def see(self, pixels: "torch.Tensor") -> Seen:
        """Activations as leaves of a graph, and what follows from them. No gradient flows back to the pixels."""
        import torch

        with torch.no_grad():
            activations = self.below(pixels)
        activations = activations.detach().requires_grad_()
        mean, log_variance = self.above(activations.clone())  # a layer that works in place must not overwrite them
        return Seen(activations, mean, log_variance)


@runtime_checkable
class Openable(Protocol):
    """A model whose encoder can be cut after a convolution."""

    def opened(self, layer: int, rectified: bool, redrawn: int | None) -> Opened:
        """Cut after convolution `layer`, from 1, and after its ReLU if `rectified`; at 0 activations are the pixels themselves.

        With `redrawn` the weights of the encoder are drawn anew by this seed. Raises `ConfigError` for a layer that is not there.
        """
        ...
