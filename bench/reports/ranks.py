"""The place of each explainer, with the places that it might as well have (Hall & Miller 2009, on bootstrapped ranks)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from bench.artifacts import ScoreRow
from bench.reports.interval import resampled, tails
from bench.reports.items import Items, items
from bench.reports.statistics import Label


@dataclass(frozen=True)
class Rank:
    """One level of an axis. Place 1 is the best; equal means share the middle of their places. `low` and `high` bound it by 95 %.

    The places rest on the `pairs` items that every level has a value of. Without any, or with one, there is no interval.
    """

    level: Label
    mean: float | None
    place: float | None
    low: float | None
    high: float | None
    pairs: int
    clusters: int


def ranks(
    rows: Sequence[ScoreRow], axis: str = "explainer", levels: Sequence[Label] = (), draws: int = 10_000, seed: int = 0
) -> list[Rank]:
    """The levels of one metric from the best to the worst. Levels without any value come last and hold up no other."""
    matrix = items(rows, axis, levels)
    scored = [level for i, level in enumerate(matrix.levels) if np.isfinite(matrix.values[:, i]).any()]
    common = matrix.of(*scored).complete()
    found = _ranked(common, draws, seed)
    lacking = [Rank(level, None, None, None, None, 0, 0) for level in matrix.levels if level not in scored]
    return sorted(found, key=lambda rank: rank.place or 0.0) + lacking


def _ranked(common: Items, draws: int, seed: int) -> list[Rank]:
    n, clusters = len(common.values), common.cluster_count
    if not n:
        return [Rank(level, None, None, None, None, 0, 0) for level in common.levels]
    sums, counts = common.totals()
    sign = -1 if common.higher_is_better else 1
    means = sums.sum(axis=0) / n
    places = _places(sign * means[None])[0]
    drawn = resampled(np.column_stack([sums, counts[:, 0]]), draws, seed)
    spread = _places(sign * drawn[:, :-1] / drawn[:, -1:]) if len(sums) > 1 else None
    ends = None if spread is None else np.quantile(spread, tails(len(sums)), axis=0, method="inverted_cdf")
    return [
        Rank(level, float(means[i]), float(places[i]), *_ends(ends, i), pairs=n, clusters=clusters)
        for i, level in enumerate(common.levels)
    ]


def _ends(ends: Float64[ndarray, "two levels"] | None, column: int) -> tuple[float | None, float | None]:
    return (None, None) if ends is None else (float(ends[0, column]), float(ends[1, column]))


def _places(means: Float64[ndarray, "draws levels"]) -> Float64[ndarray, "draws levels"]:
    """1 for the smallest of a row; equal ones share the middle of their places."""
    rounded = np.round(means, 12)
    mine, others = rounded[:, :, None], rounded[:, None, :]
    places: ndarray = 0.5 + np.sum(others < mine, axis=2) + np.sum(others == mine, axis=2) / 2
    return places
