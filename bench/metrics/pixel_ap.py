"""Whether the highest pixels of all test pictures are defective ones: average precision."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, Dataset, GenerativeModel
from bench.metrics.inspections import Inspection, each
from bench.metrics.localisation import soft_auprc


@component
class PixelAp:
    """Average precision over the pixels of all test pictures together: higher is better, 0 to 1.

    Floor: the share of defective pixels, a flat or random map. Ceiling: 1, the masks themselves. Few large defects weigh more than
    many small ones; blind to the scale of the maps.
    `None` without a map of every test picture, and of datasets that are not inspected.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"maps", "defects", "edges"})

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """`None` for every case: there are no masks."""
        return [None] * len(cases)

    def intervene(self, cases: Sequence[Case], model: GenerativeModel, dataset: Dataset) -> list[float | None]:  # noqa: ARG002
        """One value per case."""
        return each(cases, dataset, _precision)


def _precision(seen: Inspection) -> float:
    maps, masks = (part.reshape(-1, part.shape[-1]) for part in seen)
    return soft_auprc(maps, masks.astype("float32"))
