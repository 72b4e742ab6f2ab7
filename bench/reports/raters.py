"""How far raters agree beyond chance. 1 is perfect agreement, 0 what chance gives; `None` where chance alone would agree always.

Ratings are a row per unit and a column per rater; `None` is a rating that is missing.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Literal, TypeVar

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

Rating = str | int | float
T = TypeVar("T")
Ratings = Sequence[Sequence[Rating | None]]
Weights = Literal["none", "linear", "quadratic"]


def cohen(
    first: Sequence[Rating], second: Sequence[Rating], order: Sequence[Rating] = (), weights: Weights = "none"
) -> float | None:
    """Kappa of two raters (Cohen 1960); with `weights`, near misses on the scale `order` cost less than far ones (Cohen 1968)."""
    scale = list(order) or sorted({*first, *second}, key=lambda rating: (str(type(rating)), rating))
    place = {rating: i for i, rating in enumerate(scale)}
    table = np.zeros((len(scale), len(scale)))
    for one, other in zip(first, second, strict=True):
        table[place[one], place[other]] += 1
    apart = np.abs(np.subtract.outer(np.arange(len(scale)), np.arange(len(scale)))).astype(np.float64)
    cost = {"none": (apart > 0).astype(np.float64), "linear": apart, "quadratic": apart**2}[weights]
    expected = float(np.sum(cost * np.outer(table.sum(axis=1), table.sum(axis=0))))
    return 1 - float(np.sum(cost * table)) * len(first) / expected if expected else None


def fleiss(ratings: Ratings) -> float | None:
    """Kappa of any number of raters, every unit rated equally often, at least twice (Fleiss 1971).

    Raters need not be the same ones from unit to unit. Raises `ValueError` for a missing rating: use `krippendorff` then.
    """
    if len({len(row) for row in ratings}) > 1 or any(rating is None for row in ratings for rating in row):
        raise ValueError("expected as many ratings of every unit and none missing; use krippendorff for these")
    counts = [Counter(row) for row in ratings]
    if not ratings or len(ratings[0]) < 2:
        return None
    n = len(ratings[0])
    observed = np.mean([(sum(count**2 for count in unit.values()) - n) / (n * (n - 1)) for unit in counts])
    total = sum(counts, Counter[Rating | None]())
    chance = sum((count / (n * len(ratings))) ** 2 for count in total.values())
    return float((observed - chance) / (1 - chance)) if len(total) > 1 else None


def krippendorff(ratings: Ratings, level: Literal["nominal", "ordinal"] = "nominal", order: Sequence[Rating] = ()) -> float | None:
    """Alpha: 1 - observed / expected disagreement of pairs within a unit (Krippendorff 2011); ratings may be missing.

    `ordinal` lets a disagreement cost the square of the ratings that lie between, on the scale `order` (sorted by default).
    """
    kept = [[rating for rating in row if rating is not None] for row in ratings]
    kept = [row for row in kept if len(row) > 1]
    scale = list(order) or sorted({rating for row in kept for rating in row}, key=lambda rating: (str(type(rating)), rating))
    counts = np.array([[row.count(rating) for rating in scale] for row in kept], np.float64).reshape(len(kept), len(scale))
    paired = counts.sum(axis=1, keepdims=True) - 1
    together = (counts / paired).T @ counts  # each rating with itself too, which costs nothing
    totals = counts.sum(axis=0)
    cost = _between(totals) if level == "ordinal" else 1.0 - np.eye(len(scale))
    expected = float(np.sum(cost * np.outer(totals, totals)))
    return 1 - (totals.sum() - 1) * float(np.sum(cost * together)) / expected if expected else None


def left_out(texts: Sequence[Sequence[str]], similarity: Callable[[str, str], float]) -> list[float | None]:
    """The human ceiling of a text metric: by unit, the mean over annotators of the best similarity to the words of the others."""
    return [_left_out(said, similarity) if len(said) > 1 else None for said in texts]


def spread(
    statistic: Callable[[Sequence[T]], float | None], units: Sequence[T], draws: int = 2000, seed: int = 0
) -> tuple[float, float] | None:
    """The 95 % interval of a statistic over units drawn with replacement. `None` for fewer than two units, or if undefined.

    A unit is whatever stands or falls together: the ratings of one unit in one row, or all rows of one unit.
    """
    rng = np.random.default_rng(seed)
    if len(units) < 2:
        return None
    drawn = [statistic([units[i] for i in rng.integers(0, len(units), len(units))]) for _ in range(draws)]
    known = [value for value in drawn if value is not None]
    return (float(np.quantile(known, 0.025)), float(np.quantile(known, 0.975))) if known else None


def pairs(ratings: Ratings) -> list[tuple[int, int, float | None]]:
    """Cohen's kappa of every two raters, over the units that both rated."""
    raters = range(max(map(len, ratings), default=0))
    found = []
    for a, b in combinations(raters, 2):
        both = [(row[a], row[b]) for row in ratings if row[a] is not None and row[b] is not None]
        found.append((a, b, cohen([x for x, _ in both if x is not None], [y for _, y in both if y is not None]) if both else None))
    return found


def _left_out(said: Sequence[str], similarity: Callable[[str, str], float]) -> float:
    best = [max(similarity(text, other) for j, other in enumerate(said) if j != i) for i, text in enumerate(said)]
    return sum(best) / len(best)


def _between(totals: Float64[ndarray, " ratings"]) -> Float64[ndarray, "ratings ratings"]:
    """The square of how many ratings lie between two, each end counting half."""
    middles = np.cumsum(totals) - totals / 2
    return np.asarray(np.subtract.outer(middles, middles) ** 2, np.float64)
