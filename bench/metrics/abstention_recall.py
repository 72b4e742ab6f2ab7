"""Of the inactive units, the share on which the explainer abstained (recall of information retrieval)."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.statements import judged


@component
class AbstentionRecall:
    """1 for an inactive unit with an abstention, 0 for one with an answer; `None` on any other unit. The mean is the recall.

    Higher is better. `None` too where the explainer failed. Ceiling: 1, also for one who always abstains. Floor: 0, for one who
    never does. Blind to abstentions on units that do change something (see `abstention_precision`).
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset()

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        return [_found(case) for case in cases]


def _found(case: Case) -> float | None:
    truth = judged(case)
    if truth is None or truth.status != "inactive" or case.explanation.outcome == "failed":
        return None
    return float(case.explanation.outcome == "abstained")
