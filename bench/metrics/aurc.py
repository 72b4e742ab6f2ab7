"""The area under the risk-coverage curve (Geifman et al. 2019, arXiv 1805.08206)."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.certain import certain
from bench.metrics.risk_coverage import area


@component
class Aurc:
    """Mean over k of the share of wrong ones among the k surest answers: lower is better, 0 to 1.

    Equally sure answers count as their average. Only answers with a certainty count (see `certain`); `None` without any. Ceiling:
    0, all right; with a share R of wrong answers R + (1 - R) ln(1 - R), all of them last. Floor: R, for a certainty that knows
    nothing. It falls with R whatever the certainty is worth: `excess_aurc` takes that out. Blind to abstentions.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "cell"
    higher_is_better: ClassVar[bool] = False
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset()

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """A single value for the cell."""
        answers = certain(cases)
        return [area(answers) if len(answers.true) else None]
