"""Whether the maps of different units differ at all: one minus their correlation (M14)."""

from collections.abc import Sequence
from math import fsum
from typing import ClassVar, Literal

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.looks import active, compared


@component
class MapSelectivity:
    """1 - mean |Pearson correlation| with the maps of other units in the same picture: higher is better, 0 to 1.

    Others are active units that share no factor with this one, as far as factors are known. Floor: 0, the same maps for all units.
    Ceiling: below 1, since factors change the same pixels. Blind to whether a map is right: noise of its own for each unit has 1.
    `None` without a map, of a unit that is inactive or ambiguous, and where no pair of maps varies.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"maps"})
    compares_units: ClassVar[bool] = True

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        shapes = [_standard(case) if active(case) else None for case in cases]
        return [_selectivity(shapes, unit, compared(cases, unit)) for unit in range(len(cases))]


def _standard(case: Case) -> Float64[ndarray, "n pixels"]:
    """Each map with mean 0 and length 1; NaN for a flat one."""
    assert case.explanation.attention is not None
    flat = case.explanation.attention.maps.reshape(len(case.explanation.attention.index), -1).astype(np.float64)
    centred = flat - flat.mean(1, keepdims=True)
    varies = np.ptp(flat, axis=1, keepdims=True) > 0
    return np.where(varies, centred / np.where(varies, np.linalg.norm(centred, axis=1, keepdims=True), 1.0), np.nan)


def _selectivity(shapes: Sequence[ndarray | None], unit: int, others: Sequence[int]) -> float | None:
    mine = shapes[unit]
    if mine is None:
        return None
    found = [np.abs((mine * theirs).sum(1)) for other in others if (theirs := shapes[other]) is not None]
    known = [size for sizes in found for size in sizes.tolist() if not np.isnan(size)]
    return min(max(1 - fsum(known) / len(known), 0.0), 1.0) if known else None
