"""Whether defective pixels rank above all others, those of all test pictures in one pot: the area under the ROC curve."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, Dataset, GenerativeModel
from bench.metrics.inspections import Inspection, each
from bench.metrics.localisation import soft_auroc


@component
class PixelAuroc:
    """Chance that a defective pixel outranks a normal one, over all test pictures together, ties half: higher is better, 0 to 1.

    Floor: 0.5, a flat or random map. Ceiling: 1, the masks themselves. Defects are small, so most of it is about the background: a
    blob in the middle beats many methods where objects are centred. Maps of different scales in one set cost it; blind to the scale
    that they share. `None` without a map of every test picture, and of datasets that are not inspected.
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
        return each(cases, dataset, _auroc)


def _auroc(seen: Inspection) -> float:
    maps, masks = (part.reshape(-1, part.shape[-1]) for part in seen)
    return soft_auroc(maps, masks.astype("float32"))
