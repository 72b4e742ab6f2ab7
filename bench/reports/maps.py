"""Attention maps as pictures: where an explainer that points instead of speaking looked."""

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from bench.artifacts import Explanation
from bench.reports.strips import GAP

# From dark to bright and from cold to warm, each step lighter than the last, so that it can be read in grey too.
_RAMP = np.array([(10, 8, 30), (62, 20, 98), (140, 41, 108), (212, 72, 72), (248, 145, 60), (252, 236, 160)], np.float64)

SHOWN = 6  # maps of one explanation


def heat(explanation: Explanation) -> UInt8[ndarray, "tall wide 3"] | None:
    """The first maps of an explanation side by side, dark for the least, bright for the most of all; `None` without any."""
    if explanation.attention is None:
        return None
    maps = np.asarray(explanation.attention.maps, np.float64)[:SHOWN]
    if not maps.size:
        return None
    span = float(np.ptp(maps))
    shares = (maps - maps.min()) / span if span else np.zeros_like(maps)
    height, width = maps.shape[1:]
    sheet = np.full((height, len(maps) * (width + GAP) - GAP, 3), 128, np.uint8)
    for i, share in enumerate(shares):
        sheet[:, i * (width + GAP) : i * (width + GAP) + width] = _coloured(share)
    return sheet


def _coloured(shares: ndarray) -> ndarray:
    steps = np.linspace(0, 1, len(_RAMP))
    return np.stack([np.interp(shares, steps, _RAMP[:, channel]) for channel in range(3)], axis=-1).round().astype(np.uint8)
