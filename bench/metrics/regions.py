"""Curves over thresholds of many maps at once: exact, at every value that occurs.

Pixels of equal value are marked together, so a flat map has no order of its own.
"""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float64
from numpy import ndarray

Maps = Float[ndarray, "n height width"]
Masks = Bool[ndarray, "n height width"]


def region_weights(masks: Masks) -> Float64[ndarray, "n height width"]:
    """1 / (size of its region x number of regions) for each pixel of a region, 0 elsewhere: together they are 1.

    A region is a connected part of one mask, by edges or corners.
    """
    from scipy.ndimage import label

    reach = np.zeros((3, 3, 3), bool)
    reach[1] = True  # never from one picture into the next
    labels, regions = label(masks, reach)
    sizes = np.bincount(labels.ravel())
    weights = 1 / (np.maximum(sizes, 1) * max(regions, 1))
    weights[0] = 0
    return np.asarray(weights[labels])


def overlap_area(maps: Maps, masks: Masks, limit: float) -> float:
    """Area under mean overlap of regions by false positive rate from 0 to `limit`, over `limit`. Some, not all, is defective."""
    [order, last] = _descending(maps)
    rate = _sums(~masks.ravel(), order, last)
    overlap = _sums(region_weights(masks).ravel(), order, last)
    return min(_area(rate / rate[-1], overlap, limit) / limit, 1.0)


def image_overlaps(maps: Maps, masks: Masks, low: float, high: float) -> list[float]:
    """For each picture with a defect: the share found, averaged over log false positive rate from `low` to `high`.

    The rate is that of the pictures without defects, at each value that occurs in them; in between, the share goes up on a straight
    line from what lies above a value to what reaches it. Empty where those pictures have fewer than 1 / `low` pixels.
    """
    defective = masks.any((1, 2))
    values, counts = np.unique(maps[~defective], return_counts=True)
    if counts.sum() * low < 1:
        return []
    rates = np.concatenate([[0.0], np.cumsum(counts[::-1]) / counts.sum()])
    kept = (rates[1:] > low) & (rates[:-1] < high)
    steps = _Steps(values[::-1][kept], rates[:-1][kept], rates[1:][kept])
    each = zip(maps[defective], masks[defective], strict=True)
    return [min(_mean_found(shown[mask], steps, low, high), 1.0) for shown, mask in each]


def best_threshold(maps: Maps, masks: Masks) -> float:
    """The value from which pixels must be marked for the largest overlap over union; the highest of equals."""
    [order, last] = _descending(maps)
    right, wrong = _sums(masks.ravel(), order, last), _sums(~masks.ravel(), order, last)
    best = int(np.argmax(right / (right[-1] + wrong)))
    return float(maps.ravel()[order[last[max(best - 1, 0)]]])


def overlap_over_union(maps: Maps, masks: Masks, threshold: float) -> float:
    """Of the pixels from `threshold` on and the defective ones."""
    marked = maps >= threshold
    return float((marked & masks).sum() / (marked | masks).sum())


def _descending(maps: Maps) -> tuple[ndarray, ndarray]:
    """The order of all pixels, highest first, and the last place of each value in it."""
    flat = maps.ravel()
    order = np.argsort(-flat, kind="stable")
    return order, np.append(np.flatnonzero(np.diff(flat[order])), len(flat) - 1)


def _sums(values: ndarray, order: ndarray, last: ndarray) -> Float64[ndarray, " steps"]:
    """The sum over all pixels that are at least as high, at each value that occurs; before them 0, for no pixel at all."""
    return np.concatenate([[0.0], np.cumsum(values[order], dtype=np.float64)[last]])


def _area(across: Float64[ndarray, " steps"], up: Float64[ndarray, " steps"], limit: float) -> float:
    """Below straight lines from point to point, as far as `limit`."""
    inside = int(np.searchsorted(across, limit, side="right"))
    x, y = across[:inside], up[:inside]
    if inside < len(across):
        share = (limit - across[inside - 1]) / (across[inside] - across[inside - 1])
        x, y = np.append(x, limit), np.append(y, y[-1] + share * (up[inside] - y[-1]))
    return float((np.diff(x) * (y[1:] + y[:-1])).sum() / 2)


class _Steps(NamedTuple):
    """Thresholds, highest first, with the false positive rate just above each and at it."""

    thresholds: Float[ndarray, " steps"]
    above: Float64[ndarray, " steps"]
    at: Float64[ndarray, " steps"]


def _mean_found(pixels: Float[ndarray, " n"], steps: _Steps, low: float, high: float) -> float:
    """The mean over log rate of the share of pixels that is found: of a + b (rate - start), integrated step by step."""
    ordered = np.sort(pixels)
    start, reached = (1 - np.searchsorted(ordered, steps.thresholds, side) / len(ordered) for side in ("right", "left"))
    slope = (reached - start) / (steps.at - steps.above)
    first, last = np.maximum(steps.above, low), np.minimum(steps.at, high)
    spans = np.log(last / first)
    return float(((start - slope * steps.above) * spans + slope * (last - first)).sum() / math.log(high / low))
