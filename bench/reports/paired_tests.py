"""Tests of a difference between two explainers on the same units, and what many of them at once call for."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

EXACT = 16  # with more clusters, signs are drawn instead of enumerated
DRAWN_AT_ONCE = 4_000_000


def sign_flip(sums: Float64[ndarray, " n"], draws: int, seed: int) -> float:
    """The two-sided p of a mean difference of 0: how often flipped signs of whole clusters leave as large a total (Fisher 1935).

    `sums` are the total differences of the clusters. All 2^n flips are counted up to `EXACT` clusters; beyond, `draws` random ones
    and the observed one (Phipson & Smyth 2010). It cannot fall below 2^(1 - n): with 5 clusters nothing is significant at 0.05.
    """
    sums = sums[sums != 0]
    reached = abs(sums.sum()) - 1e-9 * float(np.abs(sums).sum())  # so that rounding decides no tie
    if len(sums) <= EXACT:
        return float(np.mean(np.abs(_enumerated(sums)) >= reached))
    rng, hits, left = np.random.default_rng(seed), 1, draws
    while left:
        size = min(left, max(1, DRAWN_AT_ONCE // len(sums)))
        signs = rng.integers(0, 2, (size, len(sums)), dtype=np.int8) * 2.0 - 1.0
        hits, left = hits + int(np.sum(np.abs(signs @ sums) >= reached)), left - size
    return hits / (draws + 1)


def mcnemar(first: Float64[ndarray, " n"], second: Float64[ndarray, " n"]) -> float | None:
    """The exact two-sided p for values of 0 and 1 (McNemar 1947): is the first right as often as the second where they differ?

    `None` when other values occur. It takes the items to be independent, which units of one model are not.
    """
    from scipy.special import bdtr

    if not len(first) or not np.isin([first, second], (0.0, 1.0)).all():
        return None
    wins, losses = int(np.sum(first > second)), int(np.sum(first < second))
    return min(1.0, 2 * float(bdtr(min(wins, losses), wins + losses, 0.5)))


def holm(values: Sequence[float | None]) -> list[float | None]:
    """Values of p raised so that the chance of any false alarm among them stays below the level (Holm 1979); `None` stays."""
    known = [i for i, value in enumerate(values) if value is not None]
    ordered = sorted(known, key=lambda i: values[i] or 0.0)
    adjusted: list[float | None] = [None] * len(values)
    highest = 0.0
    for rank, i in enumerate(ordered):
        highest = max(highest, min(1.0, (len(ordered) - rank) * (values[i] or 0.0)))
        adjusted[i] = highest
    return adjusted


def _enumerated(sums: Float64[ndarray, " n"]) -> Float64[ndarray, " flips"]:
    """The totals of all flips; the first sign stays, for the flip of all signs gives the same size."""
    totals = sums[:1] if len(sums) else np.zeros(1)
    for value in sums[1:]:
        totals = np.concatenate([totals + value, totals - value])
    return totals
