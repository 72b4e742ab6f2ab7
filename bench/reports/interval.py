"""The 95 % interval of a mean, by a bootstrap over clusters.

Units of one model and seed are not independent, so clusters are drawn with replacement and the mean is taken over all values in
those drawn (the randomized cluster bootstrap of Field & Welsh 2007). Plain percentiles are too narrow for few clusters and lean the
wrong way for skewed ones, so their levels are those of Hesterberg's expanded percentile interval ("What Teachers Should Know about
the Bootstrap", 2015, section 5.3), as wide as the jackknife over clusters asks for (Bell & McCaffrey 2002), and moved as in BCa
(Efron 1987). A single cluster says nothing of the spread between clusters: then its values are drawn, and whoever shows the
interval must say so.

In simulation 0.93 to 0.97 of the intervals hold the mean from 10 clusters on, but for means of clusters as skewed as an exponential
distribution (skewness 2): there 0.92 to 0.95. A studentised bootstrap, 0.91 to 0.95 in the same studies, does no better there.
"""

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

CONFIDENCE = 0.95
WIDEST = 8.0  # standard errors; beyond it there are no draws
AT_ONCE = 2_000_000  # drawn positions held in memory at a time


def interval(clusters: Sequence[Sequence[float]], draws: int, seed: int) -> tuple[float, float] | None:
    """The 95 % interval of the mean of all values. `None` for fewer than two values."""
    parts = independent(clusters)
    return mean_interval(np.array([(math.fsum(part), len(part)) for part in parts]).reshape(-1, 2), draws, seed)


def mean_interval(columns: Float64[ndarray, "n two"], draws: int, seed: int) -> tuple[float, float] | None:
    """The same for clusters that are given as the sum and the number of their values. `None` for fewer than two clusters."""
    if len(columns) < 2:
        return None
    sums, counts = resampled(columns, draws, seed).T
    low, high = np.quantile(sums / counts, _levels(columns, sums / counts))
    return float(low), float(high)


def independent(clusters: Sequence[Sequence[float]]) -> list[list[float]]:
    """What is drawn: the clusters that have values, or the values of the only one."""
    parts = [list(part) for part in clusters if part]
    return [[value] for value in parts[0]] if len(parts) == 1 else parts


def resampled(columns: Float64[ndarray, "n columns"], draws: int, seed: int) -> Float64[ndarray, "draws columns"]:
    """Totals of the columns over `n` rows drawn with replacement, `draws` times; a draw takes the same rows of all columns."""
    n, rng = len(columns), np.random.default_rng(seed)
    totals = []
    for size in _sizes(draws, max(1, AT_ONCE // n)):
        drawn = rng.integers(0, n, size=(size, n)) + np.arange(0, size * n, n)[:, None]
        times = np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n)
        totals.append(times.astype(np.float64) @ columns)
    return np.concatenate(totals)


def tails(n: int | float) -> tuple[float, float]:
    """The levels of the two ends: those at which a normal interval around a mean of `n` would be as wide as Student's."""
    from scipy.special import ndtr

    tail = float(ndtr(-_width(n)))
    return tail, 1 - tail


def _width(n: int | float, scale: float | None = None) -> float:
    """Half the width in drawn standard errors; at most `WIDEST`, which is the ends of what was drawn.

    `scale` is the standard error over the drawn one, sqrt(n / (n - 1)) unless given.
    """
    from scipy.special import stdtrit

    if n <= 1:
        return WIDEST
    return float(min((scale or math.sqrt(n / (n - 1))) * stdtrit(n - 1, (1 + CONFIDENCE) / 2), WIDEST))


def _levels(columns: Float64[ndarray, "n two"], means: Float64[ndarray, " draws"]) -> tuple[float, float]:
    """The expanded levels, moved by the bias of the drawn means and by the skewness of the clusters.

    Clusters of unequal size count as fewer: (sum of sizes)^2 / sum of squared sizes (Kish 1965).
    """
    from scipy.special import ndtr, ndtri

    sums, counts = columns.T
    effective, mean = float(counts.sum() ** 2 / np.sum(counts**2)), sums.sum() / counts.sum()
    influence = sums - counts * mean
    spread = float(np.sum(influence**2))
    below = np.mean(means < mean) + np.mean(means == mean) / 2
    if not spread or not 0 < below < 1:
        return tails(effective)
    acceleration = float(np.sum(influence**3)) / (6 * spread**1.5)
    jackknife = float(np.sum((influence / (1 - counts / counts.sum())) ** 2))
    bias, width = float(ndtri(below)), _width(effective, math.sqrt(jackknife / spread))
    # Where the correction would have a pole, far outside of what is drawn, it is stopped.
    low, high = (float(ndtr(bias + z / max(1 - acceleration * z, 0.1))) for z in (bias - width, bias + width))
    return low, high


def _sizes(total: int, most: int) -> list[int]:
    return [min(most, total - start) for start in range(0, total, most)]
