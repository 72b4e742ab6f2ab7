"""Maps as colour over pictures: nothing where a map is 0, and up to a given opacity where it is largest."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, UInt8
from numpy import ndarray

Colours = Sequence[tuple[int, int, int]]
"""From little to much, red, green and blue of 0 to 255; in between they are mixed."""


def shares(maps: Float[ndarray, "*n height width"]) -> Float[ndarray, "*n height width"]:
    """Each value as a share of the largest of all, so that frames can be compared; what is below 0 counts as 0."""
    positive = np.maximum(maps.astype(np.float64), 0.0)
    return np.asarray(positive / (positive.max(initial=0.0) or 1.0))


def coloured(share: Float[ndarray, "*n height width"], colours: Colours) -> Float[ndarray, "*n 3 height width"]:
    """The colour of each share of [0, 1]."""
    steps, ramp = np.linspace(0, 1, len(colours)), np.array(colours, np.float64)
    return np.stack([np.interp(share, steps, ramp[:, channel]) for channel in range(3)], axis=-3)


def painted(
    images: UInt8[ndarray, "*n channels height width"], share: Float[ndarray, "*n height width"], colours: Colours, alpha: float
) -> UInt8[ndarray, "*n 3 height width"]:
    """Grey pictures become coloured ones; a pixel with share 0 stays as it is."""
    weight = alpha * share[..., None, :, :]
    return np.asarray((images * (1 - weight) + coloured(share, colours) * weight).round(), np.uint8)
