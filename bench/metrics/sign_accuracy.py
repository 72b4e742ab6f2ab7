"""Whether an answer tells the direction of the changes it names: a choice of two, as in forced-choice tests of discrimination."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.statements import claimed, judged


@component
class SignAccuracy:
    """Mean over the factors that the answer names and the truth gives a sign: 1 right, 0 wrong, 0.5 untold. Higher is better.

    `None` when the explainer abstained or failed, where the truth is unknown or ambiguous, and when no such factor is left.
    Ceiling: 1. Floor: 0.5, by chance or by silence; below it directions are reversed. Blind to factors missed and to factors
    wrongly named (see `set_f1`): an answer that names one factor and its direction scores 1.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"directions"})

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        return [_accuracy(case) for case in cases]


def _accuracy(case: Case) -> float | None:
    truth, claims = judged(case), claimed(case)
    if truth is None or claims is None:
        return None
    pairs = [(claims[e.factor], e.sign) for e in truth.effects if e.sign is not None and e.factor in claims]
    points = [0.5 if told is None else float(told == sign) for told, sign in pairs]
    return sum(points) / len(points) if points else None
