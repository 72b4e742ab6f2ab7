"""How much of each defect is found before many normal pixels are: the area under the per-region overlap (Bergmann et al. 2020)."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, Dataset, GenerativeModel
from bench.metrics.inspections import Inspection, each
from bench.metrics.regions import overlap_area


@component
class Aupro:
    """Mean share of each connected defect that is found, averaged over false positive rates from 0 to `limit`: 0 to 1.

    Higher is better; every defect counts alike, large or small. Defects touch at edges or corners. The rate is over the normal
    pixels of all test pictures; thresholds are all values that occur, with straight lines between.
    Floor: about `limit` / 2, a random map. Ceiling: 1, the masks themselves. Blind to the scale of the maps.
    `None` without a map of every test picture, and of datasets that are not inspected.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"maps", "defects", "edges"})
    limit: Annotated[float, Field(gt=0, le=1)]

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """`None` for every case: there are no masks."""
        return [None] * len(cases)

    def intervene(self, cases: Sequence[Case], model: GenerativeModel, dataset: Dataset) -> list[float | None]:  # noqa: ARG002
        """One value per case."""
        return each(cases, dataset, self._area)

    def _area(self, seen: Inspection) -> float:
        return overlap_area(seen.maps, seen.masks, self.limit)
