"""Score rows as a matrix: what is compared in columns, and in rows what is equal for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int
from numpy import ndarray

from bench.artifacts import ScoreRow
from bench.errors import ConfigError, DataError
from bench.reports.statistics import CLUSTER, Label


@dataclass(frozen=True)
class Items:
    """One metric. An item is a cell without the compared axis, and a unit; a level is a label of that axis.

    `values` is NaN where there is no value: undefined, abstained, failed, or not run; where 0 is best it holds `distances` from 0,
    of which lower is better. `clusters` numbers the model and seed of each item; units of one cluster are not independent of each
    other.
    """

    levels: tuple[Label, ...]
    values: Float64[ndarray, "items levels"]
    clusters: Int[ndarray, " items"]
    higher_is_better: bool
    distances: bool = False

    def of(self, *levels: Label) -> "Items":
        """Some levels only, in this order."""
        columns = [self.levels.index(level) for level in levels]
        return Items(levels, self.values[:, columns], self.clusters, self.higher_is_better, self.distances)

    def complete(self) -> "Items":
        """The items that have a value at every level."""
        kept = np.isfinite(self.values).all(axis=1)
        return Items(self.levels, self.values[kept], self.clusters[kept], self.higher_is_better, self.distances)

    @property
    def cluster_count(self) -> int:
        """How many clusters have any value."""
        return len(np.unique(self.clusters[np.isfinite(self.values).any(axis=1)]))

    def totals(self) -> tuple[Float64[ndarray, "n levels"], Float64[ndarray, "n levels"]]:
        """Sums and counts of values: a row per cluster, or a row per item when there is but one cluster."""
        found = np.isfinite(self.values)
        _, groups = np.unique(self.clusters[found.any(axis=1)], return_inverse=True)
        values, found = self.values[found.any(axis=1)], found[found.any(axis=1)]
        n = int(groups.max(initial=-1)) + 1
        if n == 1:
            groups, n = np.arange(len(values)), len(values)
        sums, counts = np.zeros((n, values.shape[1])), np.zeros((n, values.shape[1]))
        np.add.at(sums, groups, np.where(found, values, 0.0))
        np.add.at(counts, groups, found.astype(np.float64))
        return sums, counts


def items(rows: Sequence[ScoreRow], axis: str, levels: Sequence[Label] = ()) -> Items:
    """The matrix of the rows of one metric; `levels` keeps only these, in this order.

    Raises `ConfigError` for an axis or a level that no row has, `DataError` for a doubled row or mixed versions of the metric.
    """
    _same_metric(rows)
    _known_axis(rows, axis)
    present = tuple(dict.fromkeys(row.cell[axis] for row in rows))
    if unknown := [level for level in levels if level not in present]:
        raise ConfigError(f"no rows of {axis} {', '.join(map(str, unknown))}; there are {', '.join(map(str, present))}")
    chosen = tuple(levels) or present
    found: dict[tuple[str, str], dict[Label, ScoreRow]] = {}
    for row in rows:
        of_item = found.setdefault((_cluster(row, axis), _rest(row, axis)), {})
        if row.cell[axis] in of_item:
            raise DataError(f"expected one row per cell, unit and metric; {dict(row.cell)}, unit {row.unit}, came twice")
        of_item[row.cell[axis]] = row
    order = sorted(found)
    values = np.array([[_value(found[key].get(level)) for level in chosen] for key in order]).reshape(len(order), len(chosen))
    names = {name: number for number, name in enumerate(dict.fromkeys(cluster for cluster, _ in order))}
    clusters, higher = np.array([names[cluster] for cluster, _ in order], np.int64), rows[0].higher_is_better
    return Items(chosen, np.abs(values) if higher is None else values, clusters, bool(higher), higher is None)


def by_metric(rows: Sequence[ScoreRow], metrics: Sequence[str] = ()) -> dict[str, list[ScoreRow]]:
    """The rows of each metric, in the order of `metrics` or else of the rows."""
    groups: dict[str, list[ScoreRow]] = {metric: [] for metric in metrics}
    for row in rows:
        if not metrics or row.metric in groups:
            groups.setdefault(row.metric, []).append(row)
    if empty := [metric for metric, group in groups.items() if not group]:
        raise ConfigError(f"no rows of metric {', '.join(empty)}; there are {', '.join(sorted({row.metric for row in rows}))}")
    return groups


def _same_metric(rows: Sequence[ScoreRow]) -> None:
    kinds = {(row.metric, row.higher_is_better, row.bounds) for row in rows}
    if len(kinds) != 1:
        raise DataError(f"expected rows of one metric with one direction and one pair of bounds, got {sorted(kinds, key=repr)}")


def _known_axis(rows: Sequence[ScoreRow], axis: str) -> None:
    if lacking := next((row for row in rows if axis not in row.cell), None):
        raise ConfigError(f"cannot compare by {axis!r}: the axes of a cell are {', '.join(sorted(lacking.cell))}")


def _cluster(row: ScoreRow, axis: str) -> str:
    return repr([(name, row.cell.get(name)) for name in CLUSTER if name != axis])


def _rest(row: ScoreRow, axis: str) -> str:
    return repr([*sorted((name, label) for name, label in row.cell.items() if name != axis), row.unit])


def _value(row: ScoreRow | None) -> float:
    return np.nan if row is None or row.value is None else row.value
