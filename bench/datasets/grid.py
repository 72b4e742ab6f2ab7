"""A grid of factors in row-major order: the last factor varies fastest."""

import hashlib
import math
from collections.abc import Callable

import numpy as np
from jaxtyping import Int
from numpy import ndarray


def classes_at(index: Int[ndarray, " n"], sizes: tuple[int, ...]) -> Int[ndarray, "n factors"]:
    """The class of each factor at an index. An index outside the grid raises `ValueError`."""
    return np.stack(np.unravel_index(index, sizes), axis=1)


def index_of(classes: Int[ndarray, "n factors"], sizes: tuple[int, ...]) -> Int[ndarray, " n"]:
    """The inverse of `classes_at`. A class outside the grid raises `ValueError`."""
    return np.asarray(np.ravel_multi_index(tuple(classes.T), sizes))


def sample_digest(images: Callable[[ndarray], ndarray], sizes: tuple[int, ...]) -> str:
    """SHA-256 of 97 images spread over the grid, so far apart that every factor varies."""
    return hashlib.sha256(images(np.arange(97) * (math.prod(sizes) // 97)).tobytes()).hexdigest()
