"""How many answers a threshold on the certainty keeps: the count beside a coverage and its risk."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.selection import selection


@component
class AnswersKept:
    """The number of answers of test units that the threshold keeps: higher is better, 0 or more.

    The threshold is that of `coverage_at_risk` for `risk` and `chosen_on`. Only answers with a certainty count (see `certain`);
    `None` without any on either side. Ceiling: the number of such answers of test units, so that cells of different size cannot be
    compared. Floor: 0. Blind to abstentions, and to what is right among those kept, which is `risk_at_threshold`.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "cell"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 2.0**31)
    sees: ClassVar[frozenset[Aspect]] = frozenset()
    risk: Annotated[float, Field(ge=0, le=1)]
    chosen_on: Literal["dev", "conformal"]

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """A single value for the cell."""
        found = selection(cases, self.risk, self.chosen_on)
        return [None if found is None else float(found.kept.sum())]
