"""The mean squared distance of the certainty from the outcome (Brier 1950)."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.calibration import Calibration, calibrated


@component
class CertaintyBrier:
    """Mean of (certainty - 1 if right else 0)^2: lower is better, 0 to 1.

    `calibration` fits the certainty to dev units first and scores the others. Only answers with a certainty count (see `certain`);
    `None` without any, and where nothing can be fitted. Ceiling: 0. Floor: a (1 - a) for one who always says the accuracy a, and
    0.25 for always saying 0.5; being sure of wrong answers costs up to 1. It mixes calibration with discrimination, and one who is
    mostly right scores well whatever the certainty is worth.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "cell"
    higher_is_better: ClassVar[bool] = False
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset()
    calibration: Calibration

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """A single value for the cell."""
        answers = calibrated(cases, self.calibration)
        return [None if answers is None else float(np.mean((answers.certainty - answers.true) ** 2))]
