"""Which answers a threshold on the certainty keeps when only so many of them may be wrong, by what the threshold is chosen on."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray

from bench.artifacts import Case
from bench.metrics.certain import Certain, certain
from bench.metrics.dev_split import split
from bench.metrics.risk_coverage import thresholds

Rule = Literal["all", "dev", "conformal"]


class Selection(NamedTuple):
    """The answers that are counted, and which of them are kept."""

    answers: Certain
    kept: Bool[ndarray, " n"]


def selection(cases: Sequence[Case], risk: float, rule: Rule) -> Selection | None:
    """The answers of test units, with `all` those of all units; `None` without any to choose the threshold on or to count.

    `all`: `lowest` of the very answers that are counted, too good as a forecast. `dev`: `lowest` of dev units. `conformal`: `sure`.
    """
    choosing, counted = map(certain, (cases, cases) if rule == "all" else split(cases))
    if not len(choosing.true) or not len(counted.true):
        return None
    found = sure(choosing, counted.certainty, risk) if rule == "conformal" else lowest(choosing, risk)
    return Selection(counted, np.zeros(len(counted.true), np.bool_) if found is None else counted.certainty >= found)


def lowest(answers: Certain, risk: float) -> float | None:
    """The lowest certainty at which answers that are at least as sure are wrong at most at the rate `risk`; `None` if none is."""
    levels, _, found = thresholds(answers)
    return _last(levels, found <= risk)


def sure(dev: Certain, certainty: Float64[ndarray, " m"], risk: float) -> float | None:
    """The lowest t with m / (n + 1) · (1 + W(t)) / K(t) ≤ risk; `None` if none is.

    W(t) of the n dev answers are wrong and at least as sure as t, K(t) of the m others are as sure. (1 + W(t)) / (n + 1) is the
    conformal p-value of "this answer is wrong", and t the cut of Benjamini and Hochberg over them. When dev units and others are
    exchangeable, the share of wrong ones among those kept is at most `risk` on average, nothing kept counting as 0, whatever n, m
    and the certainty are; the outcomes of the others are not looked at. Where both sides are alike, t is at least `lowest`. At
    least m / (n + 1) / risk answers are kept, or none.

    Source: Jin & Candès 2023 (arXiv 2210.01408), with clipped scores and ties counted against the answer.
    """
    n, m = len(dev.true), len(certainty)
    levels, kept = np.unique(certainty, return_counts=True)
    levels, kept = levels[::-1], np.cumsum(kept[::-1])
    wrong = np.sort(dev.certainty[~dev.true])
    passed = len(wrong) - np.searchsorted(wrong, levels, "left")
    return _last(levels, m * (1 + passed) <= risk * (n + 1) * kept * (1 + 1e-12))  # equality must survive rounding


def _last(levels: Float64[ndarray, " t"], fine: Bool[ndarray, " t"]) -> float | None:
    return float(levels[fine][-1]) if fine.any() else None
