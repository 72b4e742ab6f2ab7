"""Of the changes that happen, how many an answer lets a reader predict (M4)."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.counterfactual_claims import counts


@component
class CounterfactualRecall:
    """Correct predicted changes / true changes, direction and all: higher is better, 0 to 1.

    `None` without an answer, for inactive units, and where the truth is unknown or ambiguous. A change told without its direction
    is not predicted. Ceiling: 1. Floor: 0, naming nothing; naming every factor with a direction by chance gets a half. Blind to
    changes that are told and do not happen: see `counterfactual_precision`.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"omissions", "directions", "texts"})

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        found = [counts(case) for case in cases]
        return [one.correct / one.true if one and one.true else None for one in found]
