"""Codes whose disentanglement is known: three ordered factors of four classes on a whole grid, and one that never varies."""

import numpy as np

SIZES = (4, 1, 4, 4)
CLASSES = np.stack(np.unravel_index(np.arange(64), SIZES), axis=1)
FACTORS = CLASSES[:, [0, 2, 3]]
ONES = (FACTORS - 1.5) / np.sqrt(1.25)  # each with mean 0 and variance 1
IDENTITY = ONES
DUPLICATED = np.concatenate([ONES, ONES], axis=1)
DEAD = np.concatenate([ONES, np.full((64, 2), 0.3)], axis=1)
CONSTANT = np.full((64, 3), 0.3)
ONE_FACTOR = np.tile([[0, 0, 0, 0]], (64, 1))


def rotated(degrees: float) -> np.ndarray:
    """The first two codes turned into each other; the third as it was."""
    a = np.radians(degrees)
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    return np.round(ONES @ turn.T, 9)  # so that equal sums are equal numbers


def noisy(n: int, seed: int = 0):
    """A larger sample with noise: five codes of three factors and dead ones. Returns codes, classes and sizes."""
    rng = np.random.default_rng(seed)
    sizes = (3, 6, 5)
    classes = rng.integers(0, sizes, (n, 3))
    ones = classes - classes.mean(0)
    mixed = np.stack([ones[:, 0] + 0.5 * ones[:, 1], ones[:, 1], ones[:, 2] - ones[:, 0]], axis=1)
    return np.concatenate([mixed + 0.3 * rng.standard_normal(mixed.shape), rng.standard_normal((n, 2))], 1), classes, sizes
