"""Position-independent accuracy of the choice among K strips (M1): right wherever the right strip stands."""

from collections.abc import Sequence
from math import prod
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.backward_choice import BackwardChoice, mean


@component
class BackwardPia:
    """The share of choices that the judge gets right in all K rotations of the strips: higher is better, 0 to 1.

    Undefined where `backward_accuracy` is, and never above it: what differs is luck with places. Of a judge that scores, ties are
    wrong, since an order of the strips would decide. Ceiling: 1. Floor: 0, for texts that fit all strips alike; a judge that
    guesses each time gets 1/K to the power of K. Blind to what `backward_accuracy` is blind to.
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
        return [mean([prod(s.alone for s in item) for item in items]) for items in await self.choice(cases)]
