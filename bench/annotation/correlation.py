"""How far two sides of pairs go together, by their ranks alone. `None` where that is undefined."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

GOOD = 3.5  # a mean rating above it is nearer to "right" than to "partly"


def spearman(pairs: Sequence[tuple[float, float]]) -> float | None:
    """The rank correlation of pairs; `None` for fewer than three, or where one side is constant."""
    if len(pairs) < 3:
        return None
    first, second = (_ranks([pair[i] for pair in pairs]) for i in (0, 1))
    return float(np.corrcoef(first, second)[0, 1]) if np.ptp(first) and np.ptp(second) else None


def auroc(pairs: Sequence[tuple[float, float]]) -> float | None:
    """How often a text rated good has a higher value than one that is not; pairs are (rating, value)."""
    good = np.array([rating > GOOD for rating, _ in pairs])
    n = int(good.sum())
    if n in (0, len(pairs)):
        return None
    above = _ranks([value for _, value in pairs])[good].sum() - n * (n + 1) / 2
    return float(above / (n * (len(pairs) - n)))


def kendall(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Tau-b of pairs; `None` for fewer than two, or where one side is constant."""
    from scipy.stats import kendalltau

    if len(pairs) < 2:
        return None
    first, second = (np.round([pair[i] for pair in pairs], 12) for i in (0, 1))
    return float(kendalltau(first, second).statistic) if np.ptp(first) and np.ptp(second) else None


def _ranks(values: Sequence[float]) -> Float64[ndarray, " n"]:
    from scipy.stats import rankdata

    return np.asarray(rankdata(np.round(values, 12)), np.float64)
