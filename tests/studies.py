"""Simulated studies whose true mean is known: the scores of several models, one list a cluster."""

from collections.abc import Callable, Sequence

import numpy as np

from bench.reports.interval import interval
from bench.reports.paired_tests import sign_flip

Clusters = list[np.ndarray]


def even(rng, n) -> np.ndarray:
    return np.full(n, 10)


def unequal(rng, n) -> np.ndarray:
    """From 2 to 18 units a model."""
    return rng.integers(2, 19, n)


def lopsided(rng, n) -> np.ndarray:
    """Most models have few units, some very many."""
    return np.maximum(1, np.round(rng.lognormal(2, 0.8, n))).astype(int)


def right_or_wrong(rng, sizes) -> tuple[Clusters, float]:
    chances = rng.beta(4, 4, len(sizes))
    return [(rng.random(n) < p).astype(float) for n, p in zip(sizes, chances, strict=True)], 0.5


def mostly_right(rng, sizes) -> tuple[Clusters, float]:
    chances = rng.beta(4, 1, len(sizes))
    return [(rng.random(n) < p).astype(float) for n, p in zip(sizes, chances, strict=True)], 0.8


def normal(rng, sizes) -> tuple[Clusters, float]:
    return [rng.normal(0, 0.5) + rng.normal(0, 1, n) for n in sizes], 0.0


def alike_within(rng, sizes) -> tuple[Clusters, float]:
    """Nine tenths of the variance lie between models."""
    return [rng.normal(0, 3) + rng.normal(0, 1, n) for n in sizes], 0.0


def skewed(rng, sizes) -> tuple[Clusters, float]:
    """Scores near the top with a long tail below, in models and in units: skewness -2 of each unit, -0.8 of a model's mean."""
    return [1 - 0.05 * rng.gamma(4) - 0.2 * rng.exponential(1, n) for n in sizes], 0.6


def very_skewed(rng, sizes) -> tuple[Clusters, float]:
    """Exponential means of models: skewness 2."""
    return [rng.exponential(1) + rng.normal(0, 0.5, n) for n in sizes], 1.0


def better_and_worse(rng, sizes) -> tuple[Clusters, float]:
    """Differences of 0/1 scores on the same units, in models of different difficulty."""
    chances = rng.beta(4, 2, len(sizes))
    return [(rng.random(n) < p).astype(float) - (rng.random(n) < p) for n, p in zip(sizes, chances, strict=True)], 0.0


SHAPES = (right_or_wrong, mostly_right, normal, alike_within, skewed, very_skewed, better_and_worse)
SIZES = (even, unequal, lopsided)


def coverage(shape: Callable, sizes: Callable, clusters: int, studies: int, draws: int) -> float:
    """How often the interval holds the true mean."""
    hits = 0
    for seed in range(studies):
        rng = np.random.default_rng([seed, clusters])
        parts, truth = shape(rng, sizes(rng, clusters))
        low, high = interval([part.tolist() for part in parts], draws, seed)
        hits += low <= truth <= high
    return hits / studies


def false_alarms(shape: Callable, sizes: Callable, clusters: int, studies: int, draws: int) -> float:
    """How often two explainers of equal skill are told apart at 0.05, by flipped signs of clusters."""
    alarms = 0
    for seed in range(studies):
        rng = np.random.default_rng([seed, clusters])
        n = sizes(rng, clusters)
        first, second = paired(shape, rng, n)
        alarms += sign_flip(np.array([a.sum() - b.sum() for a, b in zip(first, second, strict=True)]), draws, seed) <= 0.05
    return alarms / studies


def paired(shape: Callable, rng: np.random.Generator, sizes: Sequence[int]) -> tuple[Clusters, Clusters]:
    """Scores of two explainers that are equally good: each has luck of its own, and models are hard for both."""
    common = [rng.normal(0, 1) for _ in sizes]
    first, second = (shape(rng, sizes)[0] for _ in range(2))
    return [a + c for a, c in zip(first, common, strict=True)], [b + c for b, c in zip(second, common, strict=True)]
