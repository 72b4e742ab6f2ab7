"""Whether a reader finds the answer that a strip is about (M2): accuracy of a choice among K answers of the same explainer."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.backward_choice import mean
from bench.metrics.forward_choice import ForwardChoice


@component
class ForwardAccuracy:
    """The share of choices in which the judge takes the unit's own answer: higher is better, 0 to 1.

    Where n of the options have the same words, the ceiling is 1/n: this is where an explainer pays for saying the same of different
    units. `None` without an answer, and without another answer to choose. Ceiling: 1. Floor: 1/K. Blind to whether the answer is
    good, as long as the others fit worse, and to units without an answer.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"texts", "pictures"})
    compares_units: ClassVar[bool] = True
    choice: ForwardChoice

    async def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        return [mean([s.chosen for item in items for s in item.standings]) for items in await self.choice(cases)]
