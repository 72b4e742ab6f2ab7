"""Overlap over union of what a threshold marks and what is defective, in all test pictures together."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, Dataset, GenerativeModel
from bench.metrics.inspections import Part, inspection
from bench.metrics.regions import best_threshold, overlap_over_union


@component
class DefectIou:
    """Overlap over union of marked and defective pixels, all test pictures in one pot: higher is better, 0 to 1.

    The threshold is the one that is best on the pictures `chosen_on`. "trial": normal pictures that no model has learnt from, half
    of them with a made-up defect. "tested": the test pictures themselves, which nobody has who must choose a threshold, so that the
    value is an oracle's.
    Floor: below the share of defective pixels. Ceiling: 1, the masks themselves. Blind to the scale that all maps share.
    `None` without a map of every picture that it needs, and of datasets that are not inspected.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"maps", "defects", "edges"})
    chosen_on: Part

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """`None` for every case: there are no masks."""
        return [None] * len(cases)

    def intervene(self, cases: Sequence[Case], model: GenerativeModel, dataset: Dataset) -> list[float | None]:  # noqa: ARG002
        """One value per case."""
        return [self._overlap(case, dataset) for case in cases]

    def _overlap(self, case: Case, dataset: Dataset) -> float | None:
        tried, seen = inspection(case, dataset, self.chosen_on), inspection(case, dataset, "tested")
        if tried is None or seen is None:
            return None
        return overlap_over_union(seen.maps, seen.masks, best_threshold(tried.maps, tried.masks))
