"""Attention maps as pictures: where an explainer that points instead of speaking looked, to be laid over what it looked at."""

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from bench.artifacts import Explanation, UnitRecord
from bench.attention.painting import Colours, coloured
from bench.reports.strips import GAP, GREY, tiled

# From cold to warm, each step lighter than the last: apart for all eyes, over black and over white, and in grey too.
RAMP: Colours = ((0, 60, 150), (60, 110, 170), (225, 110, 20), (255, 215, 60))
ALPHA = 0.8  # opacity of the largest value of all; it rises as the square root, and what has the least is not covered

SHOWN = 6  # maps of one explanation


def heat(explanation: Explanation) -> UInt8[ndarray, "tall wide 4"] | None:
    """The first maps of an explanation side by side, clear for the least, bright for the most of all; `None` without any."""
    if explanation.attention is None:
        return None
    maps = np.asarray(explanation.attention.maps, np.float64)[:SHOWN]
    if not maps.size:
        return None
    span = float(np.ptp(maps))
    shares = (maps - maps.min()) / span if span else np.zeros_like(maps)
    colours = np.concatenate([coloured(shares, RAMP), 255 * ALPHA * np.sqrt(shares)[:, None]], axis=1).round().astype(np.uint8)
    return _beside(colours, (GREY, GREY, GREY, 255))


def looked_at(record: UnitRecord) -> UInt8[ndarray, "tall wide channels"] | None:
    """The pictures behind those maps, in the same places; `None` where they are not at hand."""
    if record.explanation.attention is None or record.looked is None or not len(record.looked):
        return None
    return tiled(record.looked[None, :SHOWN])


def _beside(tiles: UInt8[ndarray, "n channels height width"], between: tuple[int, ...]) -> UInt8[ndarray, "tall wide channels"]:
    n, channels, height, width = tiles.shape
    sheet = np.full((height, n * (width + GAP) - GAP, channels), between, np.uint8)
    for i, tile in enumerate(tiles):
        sheet[:, i * (width + GAP) : i * (width + GAP) + width] = tile.transpose(1, 2, 0)
    return sheet
