"""Whether the highest pixels of a unit's map are those that its factor can change: average precision."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, Dataset, GenerativeModel
from bench.metrics.localisation import soft_auprc
from bench.metrics.looks import mean_over_pictures
from bench.truth.masks import FactorMasks


@component
class MapAuprc:
    """Average precision of the map against the soft mask, mean over pictures: higher is better, 0 to 1.

    Floor: the mean of the mask, a flat or random map. Ceiling: below 1, the mask itself: see `attention_oracle`. Blind to the scale
    of a map, and to the order of pixels far below the top.
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
        return [mean_over_pictures(case, self.masks, dataset, soft_auprc) for case in cases]
