"""How well factors can be read off pictures: coefficients of determination on pictures that the reader was not made from."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64, Int, UInt8
from numpy import ndarray

from bench.artifacts import Factor
from bench.truth.circles import Circle
from bench.truth.matching import Reading


def reliability(
    reading: Reading, classes: Int[ndarray, "n factors"], factors: tuple[Factor, ...], circles: Sequence[Circle]
) -> Float64[ndarray, " factors"]:
    """R² of each factor, 1 for a perfect reading and 0 for guessing; 1 for a factor that never varies.

    An ordered factor has the usual R². A categorical one has accuracy, with guessing at 0. A periodic one has the mean cosine of
    the error in visible turns, since a quarter turn of a square cannot be seen.
    """
    rounds = {circle.column: circle for circle in circles}
    return np.array([_one(reading, classes, k, factors[k], rounds.get(k)) for k in range(len(factors))])


def softened(pictures: UInt8[ndarray, "n channels height width"]) -> UInt8[ndarray, "n channels height width"]:
    """Means over 3 × 3 pixels, edges repeated: about as blurred as decoded pictures are."""
    n, channels, height, width = pictures.shape
    wide = np.pad(pictures, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="edge").astype(np.float32)
    total = sum(wide[:, :, i : i + height, j : j + width] for i in range(3) for j in range(3))
    return np.asarray(np.rint(np.asarray(total) / 9).astype(np.uint8).reshape(n, channels, height, width))


def _one(reading: Reading, classes: Int[ndarray, "n factors"], column: int, factor: Factor, circle: Circle | None) -> float:
    true = classes[:, column]
    if np.ptp(true) == 0:
        return 1.0
    if factor.kind == "categorical":
        chance = float(np.square(np.bincount(true) / len(true)).sum())
        return float(((reading.classes[:, column] == true).mean() - chance) / (1 - chance))
    error = reading.values[:, column] - true
    if circle is not None:
        return float(np.cos(2 * np.pi * error * circle.order(classes) / circle.period).mean())
    return float(1 - np.square(error).mean() / true.var())
