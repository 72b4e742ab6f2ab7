"""The 95 % interval of a mean, by a bootstrap over clusters.

Units of one model and seed are not independent, so clusters are drawn with replacement and the mean is taken over all values in
those drawn (the randomized cluster bootstrap of Field & Welsh 2007). Plain percentiles are too narrow for few clusters, so their
levels are those of Hesterberg's expanded percentile interval ("What Teachers Should Know about the Bootstrap", 2015, section 5.3).
A single cluster says nothing of the spread between clusters: then its values are drawn, and whoever shows the interval must say so.
"""

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

CONFIDENCE = 0.95
AT_ONCE = 2_000_000  # drawn positions held in memory at a time


def interval(clusters: Sequence[Sequence[float]], draws: int, seed: int) -> tuple[float, float] | None:
    """The 95 % interval of the mean of all values. `None` for fewer than two values."""
    parts = [part for part in clusters if part]
    if len(parts) == 1:
        parts = [[value] for value in parts[0]]
    if len(parts) < 2:
        return None
    sums, counts = np.array([math.fsum(part) for part in parts]), np.array([float(len(part)) for part in parts])
    low, high = np.quantile(_means(sums, counts, draws, seed), tails(len(parts)))
    return float(low), float(high)


def tails(n: int) -> tuple[float, float]:
    """The levels of the two ends: those at which a normal interval around a mean of `n` would be as wide as Student's."""
    from scipy.special import ndtr, stdtrit

    tail = float(ndtr(-math.sqrt(n / (n - 1)) * stdtrit(n - 1, (1 + CONFIDENCE) / 2)))
    return tail, 1 - tail


def _means(sums: Float64[ndarray, " n"], counts: Float64[ndarray, " n"], draws: int, seed: int) -> Float64[ndarray, " draws"]:
    """The mean of all values in `n` clusters drawn with replacement, `draws` times."""
    n, rng = len(sums), np.random.default_rng(seed)
    means = []
    for size in _sizes(draws, max(1, AT_ONCE // n)):
        drawn = rng.integers(0, n, size=(size, n), dtype=np.int32)
        means.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    return np.concatenate(means)


def _sizes(total: int, most: int) -> list[int]:
    return [min(most, total - start) for start in range(0, total, most)]
