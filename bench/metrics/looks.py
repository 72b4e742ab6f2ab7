"""What metrics of maps share: which units have a map and a mask, and the mean over pictures."""

from collections.abc import Callable, Sequence
from math import fsum

import numpy as np
from jaxtyping import Bool, Float32
from numpy import ndarray

from bench.artifacts import Case
from bench.interfaces import Dataset
from bench.truth.masks import FactorMasks


def active(case: Case) -> bool:
    """Whether there is a map of a unit that changes something, as far as anybody knows."""
    known = case.truth is None or (bool(case.truth.effects) and case.truth.status != "ambiguous")
    return case.explanation.outcome == "answered" and case.explanation.attention is not None and known


def right_masks(case: Case, masks: FactorMasks, dataset: Dataset) -> Float32[ndarray, "n height width"] | None:
    """The masks of the factors that the unit changes, in the pictures of its maps.

    `None` without a map, of a unit that is inactive, ambiguous or unknown, and where factors are not known.
    """
    shown, truth = case.explanation.attention, case.truth
    if shown is None or truth is None or not active(case) or not dataset.factors:
        return None
    return masks.mixed(truth.effects, dataset, shown.index)


def told(masks: Float32[ndarray, "n height width"]) -> Bool[ndarray, " n"]:
    """Which masks tell something apart: those that are neither empty nor all of the picture."""
    flat = masks.reshape(len(masks), -1)
    return np.asarray((flat.max(1) > 0) & (flat.min(1) < 1))


def mean_over_pictures(
    case: Case, masks: FactorMasks, dataset: Dataset, score: Callable[[ndarray, ndarray], float]
) -> float | None:
    """The mean of a score of a map and a mask over the pictures whose mask is not empty; `None` where there is none."""
    wanted, shown = right_masks(case, masks, dataset), case.explanation.attention
    if wanted is None or shown is None:
        return None
    found = [score(shown.maps[i], wanted[i]) for i in np.flatnonzero(told(wanted))]
    return fsum(found) / len(found) if found else None


def compared(cases: Sequence[Case], unit: int) -> list[int]:
    """The other active units with maps of the same pictures that share no factor with this one, as far as factors are known."""
    mine = cases[unit]
    return [i for i, other in enumerate(cases) if i != unit and active(other) and _apart(mine, other)]


def _apart(one: Case, other: Case) -> bool:
    some, others = one.explanation.attention, other.explanation.attention
    same = some is not None and others is not None and np.array_equal(some.index, others.index)
    return same and not (one.truth and other.truth and one.truth.factors & other.truth.factors)
