"""A traversal as one picture: steps from left to right, rows from top to bottom, a thin grey line between tiles."""

import io

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

GAP = 2  # pixels between tiles
GREY = 128


def tiled(strip: UInt8[ndarray, "rows steps channels height width"]) -> UInt8[ndarray, "tall wide channels"]:
    """All tiles on one sheet, channels last."""
    rows, steps, channels, height, width = strip.shape
    sheet = np.full((rows * (height + GAP) - GAP, steps * (width + GAP) - GAP, channels), GREY, np.uint8)
    for row in range(rows):
        for step in range(steps):
            top, left = row * (height + GAP), step * (width + GAP)
            sheet[top : top + height, left : left + width] = strip[row, step].transpose(1, 2, 0)
    return sheet


def png(sheet: UInt8[ndarray, "tall wide channels"]) -> bytes:
    """The sheet as a PNG file: grey for one channel, colour for three, with opacity for four. Equal sheets give equal bytes."""
    from PIL import Image

    if sheet.shape[2] not in (1, 3, 4):
        raise ValueError(f"expected pictures with 1, 3 or 4 channels, got {sheet.shape[2]}")
    file = io.BytesIO()
    Image.fromarray(sheet[:, :, 0] if sheet.shape[2] == 1 else sheet).save(file, format="PNG", optimize=True)
    return file.getvalue()
