"""Mean certainty minus the share of right answers: the signed calibration error, which bins do not change (Lichtenstein 1982)."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.certain import certain


@component
class Overconfidence:
    """Mean of (certainty - 1 if right else 0), -1 to 1: 0 is best, above it answers are too sure, below too modest.

    Only answers with a certainty count (see `certain`); `None` without any. Floor: 1, sure and always wrong. Blind to errors that
    cancel: too sure here, too modest there (see `certainty_ece`).
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "cell"
    higher_is_better: ClassVar[bool | None] = None
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset()

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """A single value for the cell."""
        answers = certain(cases)
        return [float(np.mean(answers.certainty - answers.true)) if len(answers.true) else None]
