"""Of the changes that an answer lets a reader predict, how many happen (M4)."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.counterfactual_claims import counts


@component
class CounterfactualPrecision:
    """Correct predicted changes / predicted changes, direction and all: higher is better, 0 to 1.

    `None` without an answer, where nothing is predicted, and where the truth is unknown or ambiguous. A prediction for an inactive
    unit is wrong. Ceiling: 1. Floor: what chance gets right, for one factor of six with a direction 1/12. Blind to changes that are
    not told, and to claims of a change whose direction is kept back: see `counterfactual_recall`.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"additions", "directions", "texts"})

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        found = [counts(case) for case in cases]
        return [one.correct / one.predicted if one and one.predicted else None for one in found]
