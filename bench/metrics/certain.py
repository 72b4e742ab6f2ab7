"""Answers with a certainty, and whether each came true: what the metrics of certainty are made of."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray

from bench.artifacts import Case
from bench.metrics.statements import claimed, judged

Event = Literal["correct", "active"]


class Certain(NamedTuple):
    """One entry per answer that has a certainty and can be judged."""

    certainty: Float64[ndarray, " n"]
    true: Bool[ndarray, " n"]

    @property
    def both(self) -> bool:
        """Whether the event came true for some answers and not for others."""
        return bool(self.true.any() and not self.true.all())


def certain(cases: Sequence[Case], event: Event = "correct") -> Certain:
    """The answers of a cell. `correct`: the named factors are the true ones; `active`: the unit changes anything.

    Abstentions, failures, answers without a certainty, and unknown or ambiguous truths are left out.
    """
    pairs = [pair for case in cases if (pair := _pair(case, event)) is not None]
    return Certain(np.array([sure for sure, _ in pairs], np.float64), np.array([true for _, true in pairs], np.bool_))


def _pair(case: Case, event: Event) -> tuple[float, bool] | None:
    truth, claims, sure = judged(case), claimed(case), case.explanation.certainty
    if truth is None or claims is None or sure is None:
        return None
    active = bool(truth.factors)
    return sure, active and (event == "active" or claims.keys() == truth.factors)
