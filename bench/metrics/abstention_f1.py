"""F1 of abstaining on inactive units and on no others (van Rijsbergen 1979)."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.statements import judged


@component
class AbstentionF1:
    """2 TP / (2 TP + FP + FN), where TP are abstentions on inactive units, FP those on others, FN answers on inactive units.

    Higher is better, 0 to 1. Failures and unknown or ambiguous truths are left out. `None` when nothing is inactive and nobody
    abstained. Ceiling: 1. Floor: 0, for one who never abstains; always abstaining gives 2p / (1 + p) for a share p of inactive
    units. Blind to what is said when something is said.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "cell"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset()

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """A single value for the cell."""
        pairs = [pair for case in cases if (pair := _pair(case)) is not None]
        hits = sum(inactive and abstained for inactive, abstained in pairs)
        total = sum(inactive + abstained for inactive, abstained in pairs)
        return [2 * hits / total if total else None]


def _pair(case: Case) -> tuple[bool, bool] | None:
    truth, outcome = judged(case), case.explanation.outcome
    if truth is None or outcome == "failed":
        return None
    return truth.status == "inactive", outcome == "abstained"
