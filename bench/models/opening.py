"""Cuts the convolutional encoder of a VAE after one of its convolutions, or after a stage of them."""

from copy import deepcopy
from itertools import takewhile
from typing import TYPE_CHECKING

from bench.attention.opened import Opened, Split
from bench.errors import ConfigError
from bench.models.networks import draw

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch


def cut(
    encoder: "torch.nn.Sequential", layer: int, rectified: bool, redrawn: int | None
) -> "tuple[torch.nn.Sequential, torch.nn.Sequential]":
    """The encoder up to convolution `layer` (0: nothing), with its ReLU if `rectified`, and the rest of it.

    In an encoder of stages, which are sequences of their own, `layer` is a stage; it ends in its ReLU, `rectified` or not.
    """
    import torch
    from torch import nn

    staged = any(isinstance(module, nn.Sequential) for module in encoder)
    places = [place + 1 for place, module in enumerate(encoder) if isinstance(module, nn.Sequential if staged else nn.Conv2d)]
    if not 0 <= layer <= len(places):
        raise ConfigError(f"layer: expected 0 (the pixels) to {len(places)}, one for each convolution, got {layer}")
    if redrawn is not None:
        encoder = deepcopy(encoder)
        draw(encoder, torch.Generator().manual_seed(redrawn))
    place = places[layer - 1] + (rectified and not staged) if layer else 0
    return encoder[:place], encoder[place:]


def opened(
    network: "torch.nn.ModuleDict", cut_at: tuple[int, bool, int | None], device: str, threads: int, batch_size: int
) -> Opened:
    """The network with its encoder cut at `(layer, rectified, redrawn)`, see `Openable`."""
    encoder, decoder = network["encoder"], network["decoder"]
    below, above = cut(encoder, *cut_at)  # type: ignore[arg-type]

    return Opened(below, _posterior(above), decoder, device, threads, batch_size, _split(above))


def _split(above: "torch.nn.Sequential") -> Split | None:
    from torch import nn

    affine = len(list(takewhile(lambda layer: isinstance(layer, nn.Conv2d | nn.Flatten | nn.Linear), above)))
    return Split(above[:affine], _posterior(above[affine:])) if affine else None


def _posterior(above: "torch.nn.Sequential") -> "Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]":
    def posterior(activations: "torch.Tensor") -> "tuple[torch.Tensor, torch.Tensor]":
        mean, log_variance = above(activations).chunk(2, dim=1)
        return mean, log_variance

    return posterior
