"""Whether pixels that a unit's factor can change rank above the others in its map: the area under the soft ROC curve."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, Dataset, GenerativeModel
from bench.metrics.localisation import soft_auroc
from bench.metrics.looks import mean_over_pictures
from bench.truth.masks import FactorMasks


@component
class MapAuroc:
    """Chance that a pixel that changes outranks one that does not, mean over pictures: higher is better, 0 to 1.

    Floor: 0.5, a flat or random map. Ceiling: below 1, the mask itself: see `attention_oracle`. A blob in the middle reaches 0.8 on
    dSprites, so only differences from controls mean something. Blind to the scale of a map.
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
        return [mean_over_pictures(case, self.masks, dataset, soft_auroc) for case in cases]
