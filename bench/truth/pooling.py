"""Small numbers for large pictures: means of squares of pixels, and the axes along which they vary most."""

import numpy as np
from jaxtyping import Float32, UInt8
from numpy import ndarray


def pooled(pictures: UInt8[ndarray, "n channels height width"], pool: int) -> Float32[ndarray, "n features"]:
    """Means of squares of `pool` pixels a side, flat; a border that fills no square is left out."""
    n, channels, height, width = pictures.shape
    high, wide = height // pool, width // pool
    cut = pictures[:, :, : high * pool, : wide * pool].reshape(n, channels, high, pool, wide, pool)
    return np.asarray(cut.mean((3, 5), dtype=np.float32).reshape(n, channels * high * wide))


def principal(features: Float32[ndarray, "n features"], components: int) -> Float32[ndarray, "features components"]:
    """The axes along which features vary most, at most `components` of them."""
    centred = features - features.mean(0)
    _, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    return np.ascontiguousarray(axes[:, ::-1][:, :components], np.float32)
