"""How much of a strip changes to the eye."""

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray


def visible_change(images: UInt8[ndarray, "rows steps channels height width"]) -> float:
    """The largest mean difference of two frames of one row, as a share of the whole range of grey, in [0, 1]; 0 for a dead unit."""
    frames = images.reshape(*images.shape[:2], -1).astype(np.int16)
    apart = [np.abs(frames - frames[:, [step]]).mean(-1).max() for step in range(frames.shape[1])]
    return float(max(apart)) / 255.0
