"""An encoder cut in two, so that gradients with respect to the activations in between are at hand without hooks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    import torch


class Seen(NamedTuple):
    """One forward pass: `activations` (n, channels, height, width), `mean` and `log_variance` (n, latents).

    `entered` is what the affine layers right above make of the activations; without such layers, the activations.
    """

    activations: "torch.Tensor"
    mean: "torch.Tensor"
    log_variance: "torch.Tensor"
    entered: "torch.Tensor"


class Split(NamedTuple):
    """`above` in two steps, the first of them affine."""

    affine: "Callable[[torch.Tensor], torch.Tensor]"
    rest: "Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]"


@dataclass(frozen=True)
class Opened:
    """`below` goes from pixels in [0, 1] to activations, `above` from those to mean and log-variance of each latent.

    Both are differentiable, and so is `decode`, from codes to logits of pixels (`None` for a decoder that is not a network).
    `device`, `threads` and `batch_size` say how to run them. `split` is for speed alone; without it everything is the same.
    """

    below: "Callable[[torch.Tensor], torch.Tensor]"
    above: "Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]"
    decode: "Callable[[torch.Tensor], torch.Tensor] | None"
    device: str
    threads: int
    batch_size: int
    split: Split | None = None

    def see(self, pixels: "torch.Tensor") -> Seen:
        """Activations as leaves of a graph, and what follows from them. No gradient flows back to the pixels."""
        import torch

        with torch.no_grad():
            activations = self.below(pixels)
        activations = activations.detach().requires_grad_()
        # Clones, since an activation function that works in place must not overwrite what gradients are taken of.
        if self.split is None:
            return Seen(activations, *self.above(activations.clone()), activations)
        entered = self.split.affine(activations)
        return Seen(activations, *self.split.rest(entered.clone()), entered)


@runtime_checkable
class Openable(Protocol):
    """A model whose encoder can be cut after a convolution."""

    def opened(self, layer: int, rectified: bool, redrawn: int | None) -> Opened:
        """Cut after convolution `layer`, from 1, and after its ReLU if `rectified`; at 0 activations are the pixels themselves.

        With `redrawn` the weights of the encoder are drawn anew by this seed. Raises `ConfigError` for a layer that is not there.
        """
        ...
