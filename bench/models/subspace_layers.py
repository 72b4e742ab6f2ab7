"""Layers that the parts of a conditional subspace VAE are made of."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def even(total: int, parts: int) -> list[int]:
    """So many parts of a whole number, as equal as can be."""
    return [total // parts + (part < total % parts) for part in range(parts)]


def side_by_side(inside: list[int], outside: list[int]) -> "torch.nn.Module":
    """A fully connected layer for each part of the inputs, side by side: nothing crosses from part to part."""
    import torch
    from torch import nn

    class SideBySide(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.parts = nn.ModuleList(map(nn.Linear, inside, outside))

        def forward(self, inputs: "torch.Tensor") -> "torch.Tensor":
            seen = torch.split(inputs, inside, 1)
            return torch.cat([layer(part) for layer, part in zip(self.parts, seen, strict=True)], 1)

    return SideBySide()


def pooling() -> "torch.nn.Module":
    """Of each channel the mean and the largest value over the image: `n × channels × height × width` → `n × 2 channels`."""
    from torch import nn

    class Pooling(nn.Module):
        def forward(self, seen: "torch.Tensor") -> "torch.Tensor":
            import torch

            return torch.cat([seen.mean((2, 3)), seen.amax((2, 3))], 1)

    return Pooling()


def convolved(channels: Sequence[int]) -> "Iterator[torch.nn.Module]":
    """Convolutions of these channels (kernel 4, stride 2, padding 1), each with a ReLU after it."""
    from torch import nn

    for inside, outside in pairwise(channels):
        yield from (nn.Conv2d(inside, outside, 4, 2, 1), nn.ReLU())
