"""Position, area and rotational harmonics of weighted pixels, with the uncertainty that whole pixels leave.

Complex moments c_pq = Σ w (x+iy)^p (x-iy)^q about the centroid: turning the object by θ multiplies c_pq by exp(i(p-q)θ), and their
magnitudes do not change. Source: Flusser, Suk and Zitova, Moments and Moment Invariants in Pattern Recognition (2009), chapter 2.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex128, Float32, Float64
from numpy import ndarray

# Rotational order p - q of each harmonic, and its degree p + q: an ellipse lives in order 2, a square in 4, a heart in 1 and 3.
ORDERS = np.array([1, 2, 3, 4])
DEGREES = np.array([3, 2, 3, 4])

# Variance of an edge that falls evenly within a pixel.
ROUNDING = 1 / 12

# Mean square radius of a pixel about its own centre: keeps a single one from having no size.
PIXEL = 1 / 6


@dataclass(frozen=True)
class Moments:
    """Per picture: area in pixels, centroid in pixels (x to the right, y up), harmonics free of size, and standard errors.

    Everything but the area is NaN where there is no object. `error` is that of the relative area, `shift_error` of the centroid.
    """

    area: Float64[ndarray, " n"]
    x: Float64[ndarray, " n"]
    y: Float64[ndarray, " n"]
    harmonics: Complex128[ndarray, "n orders"]
    error: Float64[ndarray, " n"]
    shift_error: Float64[ndarray, " n"]
    harmonic_errors: Float64[ndarray, "n orders"]


def traits(harmonics: Complex128[ndarray, "*batch orders"]) -> Float64[ndarray, "*batch orders"]:
    """What tells outlines apart: magnitudes, which no turn, shift or scaling moves. Order 4 counts half: pixels disturb it most."""
    return np.asarray(np.abs(harmonics) * (1, 1, 1, 0.5))


def moments(weights: Float32[ndarray, "n height width"]) -> Moments:
    """Moments up to degree 4, and errors from moving every pixel of the edge by a rounding error of its own."""
    across, up = np.arange(weights.shape[2]) + 0.5, -(np.arange(weights.shape[1]) + 0.5)
    area = weights.sum((1, 2), dtype=np.float64)
    mass = np.where(area > 0, area, np.nan)
    x, y = weights.sum(1) @ across / mass, weights.sum(2) @ up / mass
    columns, rows = _powers(across, x, 4), _powers(up, y, 4)
    central = ((rows.astype(np.float32) @ weights) @ columns.transpose(0, 2, 1)).transpose(0, 2, 1)
    radius = np.sqrt((central[:, 2, 0] + central[:, 0, 2]) / mass + PIXEL)
    with np.errstate(invalid="ignore"):  # complex NaN, where there is no object
        harmonics = _harmonics(central) / (mass[:, None] * radius[:, None] ** DEGREES)
    edge = _edge(weights)
    length = edge.sum((1, 2), dtype=np.float64)
    squares = np.einsum("nx,nx->n", edge.sum(1), columns[:, 2]) + np.einsum("ny,ny->n", edge.sum(2), rows[:, 2])
    reach = np.sqrt(squares / np.where(length > 0, length, np.nan))
    error = np.sqrt(length * ROUNDING) / mass
    spread = error[:, None] * (reach / radius)[:, None] ** DEGREES
    return Moments(area, x, y, harmonics, error, error * reach / np.sqrt(2), spread)


def _powers(axis: Float64[ndarray, " pixels"], centre: Float64[ndarray, " n"], degree: int) -> Float64[ndarray, "n powers pixels"]:
    apart = axis[None, None, :] - centre[:, None, None]
    return np.concatenate([apart**power for power in range(degree + 1)], axis=1)


def _harmonics(central: Float64[ndarray, "n 5 5"]) -> Complex128[ndarray, "n orders"]:
    m = central.transpose(1, 2, 0)
    first = m[3, 0] + m[1, 2] + 1j * (m[2, 1] + m[0, 3])
    second = m[2, 0] - m[0, 2] + 2j * m[1, 1]
    third = m[3, 0] - 3 * m[1, 2] + 1j * (3 * m[2, 1] - m[0, 3])
    fourth = m[4, 0] - 6 * m[2, 2] + m[0, 4] + 4j * (m[3, 1] - m[1, 3])
    return np.stack([first, second, third, fourth], axis=1)


def _edge(weights: Float32[ndarray, "n height width"]) -> Float32[ndarray, "n height width"]:
    inner: ndarray = weights.copy()
    for to, from_ in ((np.s_[:, 1:], np.s_[:, :-1]), (np.s_[:, :-1], np.s_[:, 1:])):
        np.minimum(inner[to], weights[from_], out=inner[to])
        np.minimum(inner[:, :, to[1]], weights[:, :, from_[1]], out=inner[:, :, to[1]])
    inner[:, [0, -1]], inner[:, :, [0, -1]] = 0, 0
    return np.asarray(weights - inner)
