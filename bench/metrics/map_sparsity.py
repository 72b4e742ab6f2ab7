"""How few pixels hold a map: the Gini index (Chalasani et al. 2020, arXiv 1810.06583)."""

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
class MapSparsity:
    """The Gini index of |map|, mean over pictures: higher is sparser, 0 to 1.

    Floor: 0, a flat map. Ceiling: 1 - 1 / pixels, a single pixel. Blind to whether a map is right: a description, not a merit.
    `None` without a map, of a unit that is inactive or ambiguous, and where every map is zero.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"maps"})

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        return [_sparsity(case) if active(case) else None for case in cases]


def _sparsity(case: Case) -> float | None:
    assert case.explanation.attention is not None
    found = [gini(shown) for shown in np.abs(case.explanation.attention.maps.astype(np.float64)) if shown.any()]
    return fsum(found) / len(found) if found else None


def gini(sizes: ndarray) -> float:
    """Twice the area between the line of equality and the Lorenz curve of sizes that are at least 0 and not all 0."""
    ordered = np.sort(sizes.ravel())
    n = len(ordered)
    weights = 2 * np.arange(1, n + 1) - n - 1
    return max(float(weights @ ordered / (n * ordered.sum())), 0.0)
