"""Forward simulatability (M2) as a share of what is possible with answers that some units have in common."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.backward_choice import mean
from bench.metrics.forward_choice import ForwardChoice


@component
class ForwardOfCeiling:
    """`forward_accuracy` divided by its ceiling, 1/n where n options have the same words: higher is better, 0 to 1.

    `None` where accuracy is, and where all options have the same words: there is nothing to choose. Ceiling: 1. Floor: 1/K divided
    by the ceiling. Made to be blind to collisions: read it beside `forward_accuracy` and `collision_rate`, never alone.
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
        values: list[float | None] = []
        for items in await self.choice(cases):
            chosen = mean([s.chosen for item in items for s in item.standings])
            ceiling, chance = mean([item.ceiling for item in items]), mean([1 / s.options for i in items for s in i.standings])
            open_choice = chosen is not None and ceiling is not None and chance is not None and ceiling > chance + 1e-12
            values.append(min(chosen / ceiling, 1.0) if open_choice and chosen is not None and ceiling else None)
        return values
