"""What a threshold promises and what it keeps: the risk on units that it was not chosen on (Geifman & El-Yaniv 2017)."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.selection import selection


@component
class RiskAtThreshold:
    """The share of wrong ones among the answers of test units that the threshold keeps: lower is better, 0 to 1.

    The threshold is that of `coverage_at_risk` for `risk` and `chosen_on`. Only answers with a certainty count (see `certain`);
    `None` when the threshold keeps nothing. Ceiling: 0. Floor: 1. With `dev`, a value above `risk` says that the certainty does not
    carry over; with `conformal` only a mean over many cells does, in which a cell that keeps nothing is a 0. Blind to how much is
    kept: read it beside `coverage_at_risk` and `answers_kept`.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "cell"
    higher_is_better: ClassVar[bool] = False
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset()
    risk: Annotated[float, Field(ge=0, le=1)]
    chosen_on: Literal["dev", "conformal"]

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """A single value for the cell."""
        found = selection(cases, self.risk, self.chosen_on)
        if found is None or not found.kept.any():
            return [None]
        return [float(1 - found.answers.true[found.kept].mean())]
