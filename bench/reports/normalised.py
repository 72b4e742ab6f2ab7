"""Scores on the scale from the floor to the ceiling of their own metric: 0 is a shuffled answer, 1 is the truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from bench.artifacts import ScoreRow
from bench.errors import ConfigError
from bench.reports.interval import resampled, tails
from bench.reports.items import Items, by_metric, items
from bench.reports.statistics import Label


@dataclass(frozen=True)
class Normalised:
    """(raw - floor) / (ceiling - floor) of the means, floor and ceiling being those of controls in the same cells.

    `value` is `None` where one of the three is missing or the ceiling is no better than the floor; `low` and `high` are the 95 %
    interval, `None` too where that gap changes its sign within the bootstrap. Below 0: worse than shuffled answers. All are
    distances from 0 where 0 is best.
    """

    group: Mapping[str, Label]
    metric: str
    raw: float | None
    floor: float | None
    ceiling: float | None
    value: float | None
    low: float | None
    high: float | None
    clusters: int


def normalised(
    rows: Sequence[ScoreRow],
    by: Sequence[str] = ("model", "bias", "explainer"),
    axis: str = "explainer",
    floor: Label = "shuffled",
    ceiling: Label = "oracle",
    draws: int = 10_000,
    seed: int = 0,
) -> list[Normalised]:
    """One value per group and metric. `by` must hold `axis`; every mean is over all values that its explainer has."""
    if axis not in by:
        raise ConfigError(f"expected {axis!r} among the axes to group by, got {', '.join(by)}")
    found = []
    for metric, of_metric in by_metric(rows).items():
        for labels, block in _blocks(of_metric, [name for name in by if name != axis]).items():
            levels = dict.fromkeys(row.cell[axis] for row in block)
            for level in (level for level in levels if level not in (floor, ceiling)):
                group = dict(zip([name for name in by if name != axis], labels, strict=True)) | {axis: level}
                ordered = {name: group[name] for name in by}
                found.append(_normalised(ordered, metric, _three(block, axis, (level, floor, ceiling)), draws, seed))
    return found


def _blocks(rows: Sequence[ScoreRow], by: Sequence[str]) -> dict[tuple[Label, ...], list[ScoreRow]]:
    blocks: dict[tuple[Label, ...], list[ScoreRow]] = {}
    for row in rows:
        if lacking := [name for name in by if name not in row.cell]:
            raise ConfigError(f"cannot group by {', '.join(lacking)}: the axes of a cell are {', '.join(sorted(row.cell))}")
        blocks.setdefault(tuple(row.cell[name] for name in by), []).append(row)
    return blocks


def _three(rows: Sequence[ScoreRow], axis: str, wanted: Sequence[Label]) -> Items:
    """The scores of three levels; a level that was not run has no values."""
    matrix = items(rows, axis)
    nothing = np.full(len(matrix.values), np.nan)
    columns = [matrix.values[:, matrix.levels.index(level)] if level in matrix.levels else nothing for level in wanted]
    return Items(tuple(wanted), np.column_stack(columns), matrix.clusters, matrix.higher_is_better)


def _normalised(group: Mapping[str, Label], metric: str, three: Items, draws: int, seed: int) -> Normalised:
    sums, counts = three.totals()
    raw, floor, ceiling = _means(sums.sum(axis=0)[None], counts.sum(axis=0)[None])[0]
    gap = (ceiling - floor) * (1 if three.higher_is_better else -1)
    value = (raw - floor) / (ceiling - floor) if gap > 0 else np.nan
    low, high = _span(three, draws, seed) if np.isfinite(value) and len(sums) > 1 else (np.nan, np.nan)
    return Normalised(
        group=group,
        metric=metric,
        raw=_known(raw),
        floor=_known(floor),
        ceiling=_known(ceiling),
        value=_known(value),
        low=_known(low),
        high=_known(high),
        clusters=three.cluster_count,
    )


def _span(three: Items, draws: int, seed: int) -> tuple[float, float]:
    sums, counts = three.totals()
    drawn = resampled(np.column_stack([sums, counts]), draws, seed)
    raw, floor, ceiling = _means(drawn[:, :3], drawn[:, 3:]).T
    gaps = (ceiling - floor) * (1 if three.higher_is_better else -1)
    if not (gaps > 0).all():
        return np.nan, np.nan
    low, high = np.nanquantile((raw - floor) / (ceiling - floor), tails(len(sums)))
    return float(low), float(high)


def _means(sums: Float64[ndarray, "n three"], counts: Float64[ndarray, "n three"]) -> Float64[ndarray, "n three"]:
    means: ndarray = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
    return means


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
