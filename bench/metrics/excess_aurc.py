"""The area under the risk-coverage curve beyond that of the best order (Geifman et al. 2019, arXiv 1805.08206)."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.certain import certain
from bench.metrics.risk_coverage import area, least_area


@component
class ExcessAurc:
    """AURC - (R + (1 - R) ln(1 - R)), where R is the share of wrong answers: lower is better, 0 to 1.

    Equally sure answers count as their average. Only answers with a certainty count (see `certain`); `None` without any. Ceiling:
    0, which the best order reaches when all or none are right, and else from above as answers grow many (0.01 is left for 20,
    half of them right). Floor: -(1 - R) ln(1 - R), for a certainty that knows nothing. Blind to the size of the certainty and to
    abstentions.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "cell"
    higher_is_better: ClassVar[bool] = False
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset()

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """A single value for the cell."""
        answers = certain(cases)
        n = len(answers.true)
        # The best order lies on or above its limit; rounding may put it below.
        return [max(0.0, area(answers) - least_area(int((~answers.true).sum()) / n)) if n else None]
