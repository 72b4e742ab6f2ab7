"""What is too much in a picture of another digit: a stand-in for masks, where nobody has drawn any."""

import numpy as np
from jaxtyping import Bool, UInt8
from numpy import ndarray

INK = 128  # grey levels from which a pixel is ink
AT_ONCE = 512


def added_strokes(
    pictures: UInt8[ndarray, "n channels height width"], normal: UInt8[ndarray, "m channels height width"], reach: int
) -> Bool[ndarray, "n height width"]:
    """The ink of each picture that is further than `reach` pixels from any ink of the normal picture nearest to it.

    Nearest by the sum of squared differences. A stroke that lacks is not seen: there is no ink to mark.
    """
    ink, known = (part.max(1) >= INK for part in (pictures, normal))
    masks = np.zeros(ink.shape, bool)
    for start in range(0, len(pictures), AT_ONCE):
        span = slice(start, start + AT_ONCE)
        masks[span] = ink[span] & ~_widened(known[_nearest(pictures[span], normal)], reach)
    return masks


def _nearest(pictures: ndarray, normal: ndarray) -> ndarray:
    some, others = (part.reshape(len(part), -1).astype(np.float32) / 255 for part in (pictures, normal))
    distances = (some**2).sum(1)[:, None] - 2 * some @ others.T + (others**2).sum(1)
    return np.asarray(distances.argmin(1))


def _widened(ink: Bool[ndarray, "n height width"], reach: int) -> Bool[ndarray, "n height width"]:
    from scipy.ndimage import binary_dilation

    square = np.ones((1, 2 * reach + 1, 2 * reach + 1), bool)
    return np.asarray(binary_dilation(ink, square))
