"""Of the units on which the explainer abstained, the share that are inactive (precision of information retrieval)."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.statements import judged


@component
class AbstentionPrecision:
    """1 for an abstention on an inactive unit, 0 for one on any other; `None` without an abstention. The mean is the precision.

    Higher is better. `None` too where the truth is unknown or ambiguous. Ceiling: 1. Floor: the share of inactive units, for one
    who abstains at random. Blind to inactive units that were answered (see `abstention_recall`).
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset()

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        return [_right(case) for case in cases]


def _right(case: Case) -> float | None:
    truth = judged(case)
    if truth is None or case.explanation.outcome != "abstained":
        return None
    return float(truth.status == "inactive")
