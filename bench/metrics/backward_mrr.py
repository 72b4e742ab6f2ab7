"""How near the top an answer puts its own strip (M1): mean reciprocal rank."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.backward_choice import BackwardChoice, mean


@component
class BackwardMrr:
    """The mean of 1 / rank of the unit's own strip among K by the judge's scores: higher is better, 0 to 1.

    Ties have all their ranks equally likely; a judge that only chooses leaves the strips that it did not choose tied, and one that
    takes none puts the own one last. Undefined where `backward_accuracy` is. Ceiling: 1. Floor: (1 + 1/2 + ... + 1/K) / K, which is
    0.457 for K = 5. Blind to what `backward_accuracy` is blind to.
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
        return [mean([s.reciprocal for item in items for s in item]) for items in await self.choice(cases)]
