"""How many answers can be kept when only so many of them may be wrong (Geifman & El-Yaniv 2017, arXiv 1705.08500)."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.selection import Rule, selection


@component
class CoverageAtRisk:
    """The share of answers that a threshold on the certainty keeps: higher is better, 0 to 1.

    The threshold is the lowest whose answers are wrong at most at the rate `risk`, or one that keeps nothing. With `chosen_on: all`
    it is the best for the very answers that are counted: a property of the curve, too good as a forecast. With `dev` it is chosen
    on dev units and the others are counted; what they then risk is `risk_at_threshold`. `conformal` is chosen there too, with the
    correction for few units that makes `risk` a promise (see `selection.sure`): on average over draws of units it is kept.
    Only answers with a certainty count (see `certain`); `None` without any on either side. Ceiling: 1. Floor: 0. Jumps by whole
    blocks of equal certainty, so a small cell tells little. Blind to abstentions.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "cell"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset()
    risk: Annotated[float, Field(ge=0, le=1)]
    chosen_on: Rule

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """A single value for the cell."""
        found = selection(cases, self.risk, self.chosen_on)
        return [None if found is None else float(found.kept.mean())]
