"""Whether a unit's own explanation moves its code more than those of other units do (M5): own against other edits."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import ClassVar, Literal

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, Dataset, GenerativeModel
from bench.judges.rivals import alike
from bench.metrics.edit_pictures import Edits, directed_claims, own
from bench.metrics.statements import claimed


@component
class EditAuroc:
    """The chance that the unit's code rises more in a picture edited by its own answer than in one edited by another unit's.

    Higher is better, 0 to 1; ties count half. Where the own answer has a claim without a direction, sizes of change are compared.
    Answers of units with the same known effects are left out. `None` without an answer or another one to compare with, where the
    model has no encoder, and where factors are not known. Ceiling: 1. Floor: 0.5, answers dealt by chance, or one for all; below
    it, the wrong direction. Blind to how far the code moves, as long as it moves further than by other answers.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"directions", "texts"})
    compares_units: ClassVar[bool] = True
    edits: Edits

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """`None` for every case: there is no model to ask."""
        return [None] * len(cases)

    def intervene(self, cases: Sequence[Case], model: GenerativeModel, dataset: Dataset) -> list[float | None]:
        """One value per case."""
        effects, same, values = self.edits.effects(cases, model, dataset), alike(cases), [None] * len(cases)
        said: list[Hashable] = [tuple(sorted((claimed(case) or {}).items())) for case in cases]
        by_claims = {key: found for key, found in zip(said, effects, strict=True) if found is not None}
        made: list[float | None] = list(values)
        for unit, case in enumerate(cases):
            if (moved := effects[unit]) is None:
                continue
            others = Counter(said[k] for k, found in enumerate(effects) if found is not None and not same[unit, k])
            signed = directed_claims(case)
            rivals = [(own(case, by_claims[key]), count) for key, count in others.items()]
            made[unit] = _auroc(own(case, moved), rivals, signed)
        return made


def _auroc(mine: Float64[ndarray, " n"], others: Sequence[tuple[ndarray, int]], signed: bool) -> float | None:
    """P(own > other) + P(equal) / 2, each other by how many units share it."""
    if not others:
        return None
    own_effect = mine if signed else np.abs(mine)
    weights = np.array([count for _, count in others], np.float64)
    chances = [_above(own_effect, other if signed else np.abs(other)) for other, _ in others]
    return min(float(np.array(chances) @ weights / weights.sum()), 1.0)


def _above(own_effect: Float64[ndarray, " n"], other: Float64[ndarray, " n"]) -> float:
    ranked = np.sort(other)
    below, upto = np.searchsorted(ranked, own_effect, "left"), np.searchsorted(ranked, own_effect, "right")
    return float((below + upto).mean()) / (2 * len(other))
