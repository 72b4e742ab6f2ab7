"""How much of each picture's defects is found at thresholds so high that normal pictures show next to nothing.

The area under the per-image overlap of Bertoldo et al. (2024, arXiv 2401.01984).
"""

from collections.abc import Sequence
from math import fsum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bench.artifacts import Case
from bench.component import component
from bench.errors import ConfigError
from bench.interfaces import Aspect, Dataset, GenerativeModel
from bench.metrics.inspections import Inspection, each
from bench.metrics.regions import image_overlaps


@component
class Aupimo:
    """Share of a picture's defective pixels that is found, averaged over the logarithm of the false positive rate: 0 to 1.

    Higher is better. The rate goes from `low` to `high` and is over the pixels of the normal test pictures alone; the value is the
    mean over the pictures that have a defect. Floor: about the mean rate, a random map. Ceiling: 1, the masks themselves. Blind to
    false positives in defective pictures. `None` without a map of every test picture, of datasets that are not inspected, and where
    the normal pictures have fewer than 1 / `low` pixels, since then no threshold has such a rate.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"maps", "defects"})
    low: Annotated[float, Field(gt=0, lt=1)]
    high: Annotated[float, Field(gt=0, le=1)]

    def __post_init__(self) -> None:
        if self.low >= self.high:
            raise ConfigError(f"low: expected less than high, {self.high}, got {self.low}")

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """`None` for every case: there are no masks."""
        return [None] * len(cases)

    def intervene(self, cases: Sequence[Case], model: GenerativeModel, dataset: Dataset) -> list[float | None]:  # noqa: ARG002
        """One value per case."""
        return each(cases, dataset, self._mean)

    def _mean(self, seen: Inspection) -> float | None:
        found = image_overlaps(seen.maps, seen.masks, self.low, self.high)
        return fsum(found) / len(found) if found else None
