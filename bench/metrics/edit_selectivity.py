"""Whether a picture changed as an explanation says moves the unit's code and no other (M5)."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, Dataset, GenerativeModel
from bench.metrics.edit_pictures import Edits, directed_claims


@component
class EditSelectivity:
    """|effect on the unit's latents| / sum of |effects| on all latents: higher is better, 0 to 1.

    The effect is the mean over pictures (see `edit_effect`), or, where a claim has no direction, the mean of its size. 0 where
    nothing moves. `None` without an answer, where the model has no encoder, and where factors are not known. Ceiling: below 1 for
    entangled models, whatever is said. Floor: 1 / latents, or 0 for an answer that claims nothing. Blind to directions, and to
    factors that are told besides and that no latent encodes.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"directions", "texts"})
    edits: Edits

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """`None` for every case: there is no model to ask."""
        return [None] * len(cases)

    def intervene(self, cases: Sequence[Case], model: GenerativeModel, dataset: Dataset) -> list[float | None]:
        """One value per case."""
        found = zip(cases, self.edits.effects(cases, model, dataset), strict=True)
        return [None if effects is None else _selectivity(case, effects) for case, effects in found]


def _selectivity(case: Case, effects: Float64[ndarray, "images latents"]) -> float:
    sizes = np.abs(effects.mean(0)) if directed_claims(case) else np.abs(effects).mean(0)
    total = float(sizes.sum())
    return min(float(sizes[list(case.unit.latents)].sum()) / total, 1.0) if total > 0 else 0.0
