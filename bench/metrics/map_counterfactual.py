"""Whether the pixels that a map puts first carry the unit's code: they are pasted from a picture that differs in one factor."""

from collections.abc import Sequence
from math import fsum
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, Dataset, GenerativeModel
from bench.metrics.looks import active
from bench.metrics.pasting import Pasting
from bench.truth.encoded import Encoder


@component
class MapCounterfactual:
    """Area between the curve of a map and that of a random order, mean over pictures: higher is better, -1 to 1.

    The partner of a picture has another value of the unit's first factor. Its pixels are pasted from the top of the map down, and
    the curve is how near the code has come to that of the partner, from 0 to 1, over the part of the pixels that are pasted. All
    pictures in between are of pixels that occur there. Floor: 0, a random order; below it what matters comes last. Ceiling: about
    0.5, all that changes first. `None` without a map or an encoder, of a unit that is inactive, ambiguous or unknown, and where
    no partner moves the code.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"maps", "places"})
    pasting: Pasting

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """`None` for every case: there is no model to ask."""
        return [None] * len(cases)

    def intervene(self, cases: Sequence[Case], model: GenerativeModel, dataset: Dataset) -> list[float | None]:
        """One value per case."""
        if not isinstance(model, Encoder) or not dataset.factors:
            return [None] * len(cases)
        return [self._area(case, model, dataset) if active(case) and case.truth else None for case in cases]

    def _area(self, case: Case, model: Encoder, dataset: Dataset) -> float | None:
        assert case.truth is not None
        assert case.explanation.attention is not None
        found = self.pasting.areas(case.explanation.attention, case.unit, case.truth.effects[0].factor, model, dataset)
        return min(max(fsum(found) / len(found), -1.0), 1.0) if found else None
