"""How far a unit's code moves when a picture is changed as its explanation says (M5), with the sign."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, Dataset, GenerativeModel
from bench.metrics.edit_pictures import Edits, directed_claims, own

MOST = 10.0  # standard deviations; what goes beyond is cut


@component
class EditEffect:
    """Mean of (code after - code before) / standard deviation of the code over data: higher is better, -10 to 10 (cut there).

    Positive when the code rises with what is said to rise. `None` unless the answer tells changes and the direction of each (a
    change of shape has none), where the model has no encoder, and where factors are not known. Ceiling: how far the code
    goes over its factor, about 1.5. Floor: 0, other factors; below it, the wrong direction. Blind to what else moves
    (see `edit_selectivity`) and to what the decoder draws: it asks the encoder.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (-MOST, MOST)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"directions", "texts"})
    edits: Edits

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """`None` for every case: there is no model to ask."""
        return [None] * len(cases)

    def intervene(self, cases: Sequence[Case], model: GenerativeModel, dataset: Dataset) -> list[float | None]:
        """One value per case."""
        found = zip(cases, self.edits.effects(cases, model, dataset), strict=True)
        return [
            float(min(max(own(case, effects).mean(), -MOST), MOST)) if effects is not None and directed_claims(case) else None
            for case, effects in found
        ]
