"""Backward simulatability (M1) beyond chance, so that choices of different sizes can be compared."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.backward_choice import BackwardChoice, mean


@component
class BackwardCorrected:
    """(a - c) / (1 - c), a being `backward_accuracy` and c = 1/K: higher is better, -1 to 1.

    K is the size of the unit's own choice, which is smaller where there are few rivals. Undefined where accuracy is. Ceiling: 1.
    Floor: 0, for texts that do not depend on the unit; below it -1/(K - 1), for texts that always point elsewhere. Blind to what
    `backward_accuracy` is blind to.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"texts", "pictures"})
    compares_units: ClassVar[bool] = True
    choice: BackwardChoice

    async def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        found = await self.choice(cases)
        return [mean([(s.chosen * s.options - 1) / (s.options - 1) for item in items for s in item]) for items in found]
