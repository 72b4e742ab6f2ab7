"""How much more of a unit's map lies on pixels that its factor can change than of a flat one: relevance mass over area."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, Dataset, GenerativeModel
from bench.metrics.localisation import mass_lift
from bench.metrics.looks import mean_over_pictures
from bench.truth.masks import FactorMasks


@component
class MapMassLift:
    """(sum of |map| x mask / sum of |map|) / mean of the mask, mean over pictures: higher is better, from 0; 1 is chance.

    Ceiling: the largest pixel of the mask over its mean. Unlike ranks it sees how much of a map is spread thin.
    `None` without a map, of a unit that is inactive, ambiguous or unknown, and where no picture has a mask that is not empty.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 65536.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"maps", "places"})
    masks: FactorMasks

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """`None` for every case: there are no pictures to make masks of."""
        return [None] * len(cases)

    def intervene(self, cases: Sequence[Case], model: GenerativeModel, dataset: Dataset) -> list[float | None]:  # noqa: ARG002
        """One value per case."""
        return [mean_over_pictures(case, self.masks, dataset, mass_lift) for case in cases]
