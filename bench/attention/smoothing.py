"""Gaussian smoothing of maps."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def smoothed(maps: "torch.Tensor", width: float) -> "torch.Tensor":
    """Maps (n, 1, height, width of picture) convolved with a Gaussian of standard deviation `width` pixels, edges repeated."""
    import torch
    from torch.nn.functional import conv2d, pad

    if width == 0:
        return maps
    reach = max(1, round(3 * width))
    places = torch.arange(-reach, reach + 1, dtype=maps.dtype, device=maps.device)
    bell = torch.exp(-places.square() / (2 * width**2))
    bell = bell / bell.sum()
    wide = pad(maps, (reach,) * 4, mode="replicate")
    return conv2d(conv2d(wide, bell[None, None, :, None]), bell[None, None, None, :])
