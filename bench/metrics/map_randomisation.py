"""Whether a map depends on what the encoder has learnt (Adebayo et al. 2018, arXiv 1810.03292): the check of redrawn weights."""

from collections.abc import Sequence
from math import fsum
from typing import ClassVar, Literal

import numpy as np
from numpy import ndarray

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.looks import active


@component
class MapRandomisation:
    """1 - |rank correlation| of a map with the one made after the weights were drawn anew, mean over pictures: 0 to 1.

    Higher is better. Floor: 0, a map that does not change, such as one that looks at no model. Ceiling: 1. Blind to whether a map
    is right. `None` without a map or the redrawn ones, of a unit that is inactive or ambiguous, and where one of the two is flat.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"maps"})

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        return [_independence(case) if active(case) else None for case in cases]


def _independence(case: Case) -> float | None:
    shown = case.explanation.attention
    if shown is None or shown.redrawn is None:
        return None
    pairs = zip(shown.maps, shown.redrawn, strict=False)  # only the first pictures were made again
    found = [abs(_rank_correlation(one, other)) for one, other in pairs if np.ptp(one) > 0 and np.ptp(other) > 0]
    return min(max(1 - fsum(found) / len(found), 0.0), 1.0) if found else None


def _rank_correlation(one: ndarray, other: ndarray) -> float:
    """Spearman's, ties with the mean of their ranks."""
    from scipy.stats import rankdata

    return float(np.corrcoef(rankdata(one), rankdata(other))[0, 1])
