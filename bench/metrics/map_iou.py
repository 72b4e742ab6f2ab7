"""Whether the strongest pixels of a unit's map are those that its factor changes most, as many of them as change."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, Dataset, GenerativeModel
from bench.metrics.localisation import matched_iou
from bench.metrics.looks import mean_over_pictures
from bench.truth.masks import FactorMasks


@component
class MapIou:
    """Overlap over union of the strongest pixels of map and mask, as many as the mask sums up to, mean over pictures: 0 to 1.

    Higher is better. Floor: about half the mean of the mask, a random map. Ceiling: 1, a map of the same order as the mask. Blind
    to the scale of a map and to all other pixels.
    `None` without a map, of a unit that is inactive, ambiguous or unknown, and where no picture has a mask that is not empty.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"maps", "places"})
    masks: FactorMasks

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """`None` for every case: there are no pictures to make masks of."""
        return [None] * len(cases)

    def intervene(self, cases: Sequence[Case], model: GenerativeModel, dataset: Dataset) -> list[float | None]:  # noqa: ARG002
        """One value per case."""
        return [mean_over_pictures(case, self.masks, dataset, matched_iou) for case in cases]
