"""F1 between the factors that an answer names and those that the unit changes (van Rijsbergen 1979, on sets)."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.statements import claimed, judged


@component
class SetF1:
    """2 |named ∩ true| / (|named| + |true|): higher is better, 0 to 1.

    Any answer on an inactive unit scores 0, for it claims something of nothing. `None` when the explainer abstained or failed, and
    where the truth is unknown or ambiguous. Ceiling: 1, naming exactly the true factors. Floor: naming all K factors of a dataset
    always, 2k / (k + K) for a unit with k factors. Blind to directions, to shares, and to whatever `statements.parse` cannot read.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"omissions", "additions", "texts"})

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        return [_f1(case) for case in cases]


def _f1(case: Case) -> float | None:
    truth, claims = judged(case), claimed(case)
    if truth is None or claims is None:
        return None
    size = len(claims) + len(truth.factors)
    return 2 * len(claims.keys() & truth.factors) / size if size else 0.0
