"""Made-up defects on normal pictures, so that a threshold can be chosen without a look at real ones.

After CutPaste (Li et al. 2021, arXiv 2104.04015): a rectangle of another picture, brighter or darker, is put somewhere else.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, UInt8
from numpy import ndarray

SEED = 41  # first number of the seed of each picture's defect
SIDES = (0.08, 0.35)  # of the picture's height and width
LIGHT = (0.5, 1.5)  # factor of brightness
SEEN = 24  # grey levels, mean over colours, from which a pixel has changed
TRIES = 50


class Blemished(NamedTuple):
    """Pictures and the pixels that were changed in each."""

    pictures: UInt8[ndarray, "n channels height width"]
    masks: Bool[ndarray, "n height width"]


def blemished(normal: UInt8[ndarray, "n channels height width"]) -> Blemished:
    """Every second picture gets one patch of the one before it. The first, the third, ... stay as they are."""
    pictures = normal.copy()
    masks = np.zeros((len(normal), *normal.shape[-2:]), bool)
    for place in range(1, len(normal), 2):
        pictures[place], masks[place] = _patched(normal[place], normal[place - 1], np.random.default_rng([SEED, place]))
    return Blemished(pictures, masks)


def _patched(picture: ndarray, other: ndarray, rng: np.random.Generator) -> tuple[ndarray, ndarray]:
    """The picture with a patch of the other that can be seen, and where it can; the picture as it was when no patch can be."""
    for _ in range(TRIES):
        height, width = (max(1, round(rng.uniform(*SIDES) * side)) for side in picture.shape[-2:])
        (top, left), (down, across) = (_place(picture, height, width, rng) for _ in range(2))
        patch = other[:, top : top + height, left : left + width] * rng.uniform(*LIGHT)
        changed = picture.copy()
        changed[:, down : down + height, across : across + width] = np.clip(np.rint(patch), 0, 255).astype(np.uint8)
        mask = np.abs(changed.astype(np.int64) - picture).mean(0) >= SEEN
        if mask.any():
            return changed, mask
    return picture, np.zeros(picture.shape[-2:], bool)


def _place(picture: ndarray, height: int, width: int, rng: np.random.Generator) -> tuple[int, int]:
    tall, wide = picture.shape[-2:]
    return int(rng.integers(tall - height + 1)), int(rng.integers(wide - width + 1))
