"""Agreement with the truth beyond chance: Cohen's kappa over the labels of a cell (Cohen 1960)."""

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.statements import claimed, judged


@component
class LabelKappa:
    """(p_o - p_e) / (1 - p_e) between true and named labels: higher is better, -1 to 1.

    A label is the sorted set of factors; "none" stands for an inactive unit and for an abstention. An answer of which no factor
    can be read has a label of its own, which no truth has. Failures and unknown or ambiguous truths are left out. `None` for fewer
    than 2 units, and when both sides give one and the same label throughout. Ceiling: 1. Floor: 0, for answers that do not depend
    on the unit. Blind to directions, and to partial agreement: one factor of two counts as a plain miss.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "cell"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"omissions", "additions", "texts"})

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """A single value for the cell."""
        pairs = [pair for case in cases if (pair := _labels(case)) is not None]
        return [_kappa(pairs)]


def _labels(case: Case) -> tuple[str, str] | None:
    truth = judged(case)
    if truth is None or case.explanation.outcome == "failed":
        return None
    claims = claimed(case)
    told = "none" if claims is None else "+".join(sorted(claims)) or "unread"
    return "+".join(sorted(truth.factors)) or "none", told


def _kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    n = len(pairs)
    if n < 2:
        return None
    true, told = (Counter(side) for side in zip(*pairs, strict=True))
    # Counts, not shares: whole numbers decide whether chance alone would agree always.
    agreed, chance = sum(a == b for a, b in pairs), sum(true[label] * told[label] for label in true)
    return None if chance == n * n else (n * agreed - chance) / (n * n - chance)
