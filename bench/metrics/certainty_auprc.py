"""Whether the surest answers are the right ones: average precision (Buckley & Voorhees 2000)."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.certain import certain
from bench.metrics.risk_coverage import thresholds


@component
class CertaintyAuprc:
    """Sum over thresholds of (gain in recall) × precision, right answers being the positives: higher is better, 0 to 1.

    Equal certainties share a threshold. Only answers with a certainty count (see `certain`). `None` when all or none are right.
    Ceiling: 1. Floor: the share of right answers, which differs from cell to cell; compare explainers of equal accuracy only, or
    use `certainty_auroc`. Blind to the size of the certainty and to abstentions.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "cell"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset()

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """A single value for the cell."""
        answers = certain(cases)
        if not answers.both:
            return [None]
        _, accepted, risk = thresholds(answers)
        precision = 1 - risk
        recall = accepted * precision / answers.true.sum()
        return [float(np.clip(np.sum(np.diff(recall, prepend=0.0) * precision), 0.0, 1.0))]
