"""How far certainties are from the share of right answers: expected calibration error (Naeini et al. 2015), equal-mass bins."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import PositiveInt

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.calibration import Calibration, calibrated
from bench.metrics.certain import Certain


@component
class CertaintyEce:
    """Sum over bins of (share of answers) × |share of right ones - mean certainty|: lower is better, 0 to 1.

    `bins` bins of equal mass, but fewer so that each has `smallest_bin` answers on average; equal certainties are never parted.
    `calibration` fits the certainty to dev units first and scores the others. Only answers with a certainty count (see `certain`);
    `None` without any, and where nothing can be fitted. Ceiling: 0. Floor: 1; always saying 1 costs the share of wrong answers, and
    chance alone leaves about 0.4 / sqrt(answers in a bin). Blind to whether sure answers are right more often: one certainty, the
    overall accuracy, for all scores 0.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "cell"
    higher_is_better: ClassVar[bool] = False
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset()
    bins: PositiveInt
    smallest_bin: PositiveInt
    calibration: Calibration

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """A single value for the cell."""
        answers = calibrated(cases, self.calibration)
        return [None if answers is None else self._error(answers)]

    def _error(self, answers: Certain) -> float:
        """Each block of equal certainties goes to the bin in which its middle lies."""
        n = len(answers.true)
        bins = max(1, min(self.bins, n // self.smallest_bin))
        _, block, sizes = np.unique(answers.certainty, return_inverse=True, return_counts=True)
        ends = np.cumsum(sizes)
        # Twice the middle: whole numbers, so that no middle falls into the wrong bin by rounding.
        bin_of_block = (2 * ends - sizes) * bins // (2 * n)
        gaps = np.bincount(bin_of_block[block], weights=answers.true - answers.certainty, minlength=bins)
        return float(min(np.abs(gaps).sum() / n, 1.0))
