"""Paired comparison of explainers, or of anything else that cells differ in, on the same units.

A difference is the mean of first minus second level over items that have a value of both. Its interval is that of `interval.py`,
its p that of `sign_flip`, its standard error the linearised one of a ratio over clusters (Cochran 1977, section 6.9). With one
cluster its units stand for clusters, as in the tables.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from bench.artifacts import ScoreRow
from bench.errors import ConfigError
from bench.reports.interval import mean_interval
from bench.reports.items import Items, by_metric, items
from bench.reports.paired_tests import holm, mcnemar, sign_flip
from bench.reports.statistics import FEW, Label

DETECTABLE = 2.8  # standard errors: 1.96 for a level of 0.05 and 0.84 for a power of 80 %
LEVEL = 0.05


@dataclass(frozen=True)
class Comparison:
    """Two levels of an axis by one metric, in one group of cells.

    `pairs` items have both values, `first_only` and `second_only` one of them. `difference`, `standard_error`, `low`, `high` and
    `detectable` are in units of the metric; where 0 is best (`higher_is_better` is `None`), of distances from 0. `p_holm` is `p`
    raised for all comparisons made at once, `p_mcnemar` is for values of 0 and 1. What cannot be had is `None`: everything without
    a pair, the interval and the error with one.
    """

    group: Mapping[str, Label]
    metric: str
    axis: str
    first: Label
    second: Label
    pairs: int
    first_only: int
    second_only: int
    clusters: int
    difference: float | None
    low: float | None
    high: float | None
    standard_error: float | None
    detectable: float | None
    p: float | None
    p_holm: float | None
    p_mcnemar: float | None
    higher_is_better: bool | None

    @property
    def few_clusters(self) -> bool:
        """True when the comparison rests on too few clusters to be trusted."""
        return 0 < self.clusters < FEW

    @property
    def better(self) -> Label | None:
        """The level that is better beyond chance at 0.05 among all comparisons made; `None` when neither is."""
        if self.difference is None or self.p_holm is None or self.p_holm > LEVEL:
            return None
        return self.first if (self.difference > 0) == bool(self.higher_is_better) else self.second


def compare(
    rows: Sequence[ScoreRow],
    metrics: Sequence[str] = (),
    axis: str = "explainer",
    levels: Sequence[Label] = (),
    against: Label | None = None,
    within: Sequence[str] = (),
    draws: int = 10_000,
    seed: int = 0,
) -> list[Comparison]:
    """Every pair of levels of the axis, by every metric; or all levels with `against` alone.

    `within` names axes whose labels are compared apart, such as `bias`. `levels` keeps only these. Holm's adjustment is over
    everything returned. Raises `ConfigError` for a metric, an axis or a level that no row has.
    """
    found = []
    for metric, of_metric in by_metric(rows, metrics).items():
        for group, of_group in _groups(of_metric, within):
            matrix = items(of_group, axis, _wanted(of_group, axis, levels, bool(within)))
            pairs = _pairs(matrix.levels, against)
            found += [_comparison(group, metric, axis, matrix.of(*pair), draws, seed) for pair in pairs]
    adjusted = holm([one.p for one in found])
    return [replace(one, p_holm=p) for one, p in zip(found, adjusted, strict=True)]


def _groups(rows: Sequence[ScoreRow], within: Sequence[str]) -> list[tuple[dict[str, Label], list[ScoreRow]]]:
    groups: dict[tuple[Label, ...], list[ScoreRow]] = {}
    for row in rows:
        if lacking := [axis for axis in within if axis not in row.cell]:
            raise ConfigError(f"cannot compare within {', '.join(lacking)}: the axes of a cell are {', '.join(sorted(row.cell))}")
        groups.setdefault(tuple(row.cell[axis] for axis in within), []).append(row)
    return [(dict(zip(within, labels, strict=True)), group) for labels, group in groups.items()]


def _wanted(rows: Sequence[ScoreRow], axis: str, levels: Sequence[Label], partly: bool) -> list[Label]:
    """The wanted levels; only those that are there when this is one of several groups, which need not have all."""
    present = {row.cell.get(axis) for row in rows}
    return [level for level in levels if level in present or not partly] or list(levels)


def _pairs(levels: Sequence[Label], against: Label | None) -> list[tuple[Label, Label]]:
    if against is None:
        return list(combinations(levels, 2))
    if against not in levels:
        raise ConfigError(f"cannot compare with {against!r}: there are {', '.join(map(str, levels))}")
    return [(level, against) for level in levels if level != against]


def _comparison(group: Mapping[str, Label], metric: str, axis: str, two: Items, draws: int, seed: int) -> Comparison:
    has = np.isfinite(two.values)
    both = two.complete()
    differences = Items(("difference",), both.values[:, :1] - both.values[:, 1:], both.clusters, both.higher_is_better)
    sums, counts = (totals[:, 0] for totals in differences.totals())
    span = mean_interval(np.column_stack([sums, counts]), draws, seed)
    error = _standard_error(sums, counts)
    return Comparison(
        group=group,
        metric=metric,
        axis=axis,
        first=two.levels[0],
        second=two.levels[1],
        pairs=len(both.values),
        first_only=int(np.sum(has[:, 0] & ~has[:, 1])),
        second_only=int(np.sum(has[:, 1] & ~has[:, 0])),
        clusters=both.cluster_count,
        difference=math.fsum(differences.values[:, 0]) / len(both.values) if len(both.values) else None,
        low=span[0] if span else None,
        high=span[1] if span else None,
        standard_error=error,
        detectable=None if error is None else DETECTABLE * error,
        p=sign_flip(sums, draws, seed) if len(sums) else None,
        p_holm=None,
        p_mcnemar=mcnemar(both.values[:, 0], both.values[:, 1]),
        higher_is_better=None if two.distances else two.higher_is_better,
    )


def _standard_error(sums: Float64[ndarray, " n"], counts: Float64[ndarray, " n"]) -> float | None:
    """Of the mean of all values in `n` clusters drawn from many; `None` for fewer than two."""
    n = len(sums)
    if n < 2:
        return None
    residuals = sums - counts * (sums.sum() / counts.sum())
    return math.sqrt(n / (n - 1) * float(np.sum(residuals**2))) / float(counts.sum())
