"""How many of the surest answers are right, when a fixed share is kept (El-Yaniv & Wiener 2010)."""

import math
from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.certain import certain
from bench.metrics.risk_coverage import risks


@component
class AccuracyAtCoverage:
    """The share of right ones among the surest answers, `coverage` of them, rounded up: higher is better, 0 to 1.

    No outcome is looked at to choose them; equally sure ones count as their average. Only answers with a certainty count (see
    `certain`); `None` without any. Ceiling: 1. Floor: the share of right answers of all, for a certainty that knows nothing. Blind
    to the size of the certainty and to abstentions.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "cell"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset()
    coverage: Annotated[float, Field(gt=0, le=1)]

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """A single value for the cell."""
        answers = certain(cases)
        n = len(answers.true)
        kept = math.ceil(self.coverage * n - 1e-9)  # 0.28 of 25 is 7, not the 8 of rounding errors
        return [float(1 - risks(answers)[kept - 1]) if n else None]
