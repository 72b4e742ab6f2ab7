"""Whether a unit's map fits its own factor's mask better than other units' maps do, and than it fits other factors' masks."""

from collections.abc import Sequence
from math import fsum
from typing import ClassVar, Literal

import numpy as np

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, Dataset, GenerativeModel
from bench.metrics.localisation import soft_auroc
from bench.metrics.looks import compared, right_masks, told
from bench.truth.masks import FactorMasks


@component
class MapSpecificity:
    """Own map on own mask minus the mean of other maps on it and own map on other masks, in soft AUROC: higher is better, -1 to 1.

    Each other unit with the same pictures and no factor in common is one comparison: with s(i, k) the score of map i on mask k,
    (s(i, i) + s(j, j) - s(j, i) - s(i, j)) / 2. Its mean over both units of a pair is that of s(i, i) - (s(j, i) + s(i, j)) / 2;
    for maps that are the same for all units it is 0, not only in the mean, however well they find the object. Pictures where
    either mask is empty are left out. Floor: 0; below it maps fit others better than their own. Ceiling: see `attention_oracle`.
    `None` without a map, of a unit that is inactive, ambiguous or unknown, and where there is no other unit to compare with.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"maps", "places"})
    compares_units: ClassVar[bool] = True
    masks: FactorMasks

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """`None` for every case: there are no pictures to make masks of."""
        return [None] * len(cases)

    def intervene(self, cases: Sequence[Case], model: GenerativeModel, dataset: Dataset) -> list[float | None]:  # noqa: ARG002
        """One value per case."""
        fits = _Fits(cases, [right_masks(case, self.masks, dataset) for case in cases])
        return [fits.specificity(unit) for unit in range(len(cases))]


class _Fits:
    """The score of every map on every mask by picture, each computed once."""

    def __init__(self, cases: Sequence[Case], masks: Sequence[np.ndarray | None]) -> None:
        self.cases, self.masks = cases, masks
        self.known: dict[tuple[int, int, int], float] = {}

    def specificity(self, unit: int) -> float | None:
        mine = self.masks[unit]
        if mine is None:
            return None
        gaps = []
        for other in compared(self.cases, unit):
            theirs = self.masks[other]
            if theirs is not None:
                both = np.flatnonzero(told(mine) & told(theirs))
                gaps += [self._gap(unit, other, int(picture)) for picture in both]
        return fsum(gaps) / len(gaps) if gaps else None

    def _gap(self, i: int, j: int, picture: int) -> float:
        # Each bracket is exactly 0 where both maps are the same.
        on_mine, on_theirs = ((self._fit(i, k, picture), self._fit(j, k, picture)) for k in (i, j))
        return ((on_mine[0] - on_mine[1]) + (on_theirs[1] - on_theirs[0])) / 2

    def _fit(self, shown: int, mask: int, picture: int) -> float:
        key = (shown, mask, picture)
        if key not in self.known:
            attention, wanted = self.cases[shown].explanation.attention, self.masks[mask]
            assert attention is not None
            assert wanted is not None
            self.known[key] = soft_auroc(attention.maps[picture], wanted[picture])
        return self.known[key]
