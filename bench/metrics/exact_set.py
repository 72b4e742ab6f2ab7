"""Whether an answer names exactly the factors that the unit changes (subset accuracy of multi-label classification)."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.statements import claimed, judged


@component
class ExactSet:
    """1 when the named factors are the true ones, else 0: higher is better.

    Any answer on an inactive unit scores 0, even one that names no factor: the right answer is to abstain. `None` when the
    explainer abstained or failed, and where the truth is unknown or ambiguous. Ceiling: 1. Floor: 0, or the share of the most
    common set for an explainer that always names it. Blind to directions, and to how near a miss was (see `set_f1`).
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"omissions", "additions", "texts"})

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        return [_exact(case) for case in cases]


def _exact(case: Case) -> float | None:
    truth, claims = judged(case), claimed(case)
    if truth is None or claims is None:
        return None
    return float(bool(truth.factors) and claims.keys() == truth.factors)
