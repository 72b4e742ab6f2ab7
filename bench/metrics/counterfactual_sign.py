"""Of the directions that an answer tells, how many are right (M4): nothing is counted for silence."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.statements import claimed, judged


@component
class CounterfactualSign:
    """The share of right directions among factors whose direction is both told and true: higher is better, 0 to 1.

    `None` without such a factor. Ceiling: 1. Floor: 0.5, by chance; below it directions are reversed. Blind to silence, unlike
    `sign_accuracy`, which counts a direction that is not told a half: an explainer that tells one direction and has it right
    scores 1.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"directions"})

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        return [_share(case) for case in cases]


def _share(case: Case) -> float | None:
    truth, claims = judged(case), claimed(case)
    if truth is None or claims is None:
        return None
    told = [claims[e.factor] == e.sign for e in truth.effects if e.sign is not None and claims.get(e.factor) is not None]
    return sum(told) / len(told) if told else None
