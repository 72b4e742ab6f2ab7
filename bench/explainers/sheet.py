"""One picture of a whole traversal: its rows below each other, its steps from left to right, thin grey lines between frames."""

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

LINE = 128  # grey: seen beside black and beside white


def sheet(
    images: UInt8[ndarray, "rows steps channels height width"], frame: int, gap: int
) -> UInt8[ndarray, "channels sheet_height sheet_width"]:
    """Frames are enlarged by a whole factor until their shorter side has at least `frame` pixels, `gap` pixels apart."""
    factor = max(1, -(-frame // min(images.shape[-2:])))
    large = images.repeat(factor, axis=-2).repeat(factor, axis=-1)
    rows, steps, channels, height, width = large.shape
    picture = np.full((channels, rows * (height + gap) - gap, steps * (width + gap) - gap), LINE, dtype=np.uint8)
    for row in range(rows):
        for step in range(steps):
            top, left = row * (height + gap), step * (width + gap)
            picture[:, top : top + height, left : left + width] = large[row, step]
    return picture
