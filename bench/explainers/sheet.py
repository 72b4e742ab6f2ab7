"""One picture of a whole traversal: its rows below each other, its steps from left to right, thin grey lines between frames."""

import numpy as np
from jaxtyping import Bool, UInt8
from numpy import ndarray

LINE = 128  # grey: seen beside black and beside white

# The digits 0 to 9, four columns each. Drawn here, so that no font of a machine changes the pixels of a request.
DIGITS = (
    "### .#. ### ### #.# ### ### ### ### ### ",
    "#.# ##. ..# ..# #.# #.. #.. ..# #.# #.# ",
    "#.# .#. ### ### ### ### ### ..# ### ### ",
    "#.# .#. #.. ..# ..# ..# #.# ..# #.# ..# ",
    "### ### ### ### ..# ### ### ..# ### ### ",
)


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


def numbered(
    picture: UInt8[ndarray, "channels height width"], rows: int, gap: int
) -> UInt8[ndarray, "channels height numbered_width"]:
    """A sheet with a white margin on its left in which the number of each row stands, from 1, halfway up the row."""
    channels, height, _ = picture.shape
    row = (height + gap) // rows - gap
    scale = max(1, row // (4 * len(DIGITS)))
    margin = np.full((channels, height, scale * (4 * len(str(rows)) + 1)), 255, dtype=np.uint8)
    for at in range(rows):
        ink = np.kron(_number(at + 1), np.ones((scale, scale), dtype=bool))[:row]
        top = at * (row + gap) + (row - len(ink)) // 2
        margin[:, top : top + len(ink), scale : scale + ink.shape[1]][:, ink] = 0
    return np.concatenate([margin, picture], axis=-1)


def _number(number: int) -> Bool[ndarray, "height width"]:
    """The ink of a number, digit after digit, with a column of paper after each."""
    lines = ["".join(line[4 * int(digit) : 4 * int(digit) + 4] for digit in str(number)) for line in DIGITS]
    return np.array([[sign == "#" for sign in line] for line in lines])
