"""Whether a reader finds the strip that an answer is about (M1): accuracy of a choice of K."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.backward_choice import BackwardChoice, mean


@component
class BackwardAccuracy:
    """The share of choices in which the judge takes the unit's own strip: higher is better, 0 to 1.

    `None` without an answer and without a rival (a unit alone). An answer on an inactive unit competes with active ones and loses
    as it should. Ceiling: 1, or less where the judge cannot tell strips apart. Floor: 1/K, for texts that do not depend on the unit
    (1 divided by the size of a smaller choice). Blind to what no rival differs in: with rivals that move other factors, a wrong
    direction is not seen, so read the strata side by side, and all beside a floor by the same judge.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"texts", "pictures"})
    compares_units: ClassVar[bool] = True
    choice: BackwardChoice

    async def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        return [mean([s.chosen for item in items for s in item]) for items in await self.choice(cases)]
