"""dSprites (Matthey et al., 2017) drawn on the fly: one white shape on black, 64 × 64, one image per combination of six factors.

A pixel is white when its centre lies inside the outline. Outlines are given at scale 1 in pixels, in the frame of the sprite: its
centre of rotation at (0, 0), u to the right and v down at orientation 0, where the ellipse lies flat and the tip of the heart
points down. A position p in [0, 1] puts the centre at 16 + 32 p from the left or the top. **A higher orientation turns the sprite
counter-clockwise on the screen.** The numbers were fitted to official frames; `datasets/dsprites/card.md` says how close they come.
"""

import hashlib
import math
from collections.abc import Callable
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int, UInt8
from numpy import ndarray

from bench.artifacts import Factor
from bench.component import component
from bench.datasets.vocabulary import Vocabulary, load_vocabulary

SIDE = 64
CHUNK = 256  # images drawn at a time: their windows fit the second-level cache

FACTORS = (
    Factor("color", "categorical", ("white",)),
    Factor("shape", "categorical", ("square", "ellipse", "heart")),
    Factor("scale", "ordered", tuple(np.linspace(0.5, 1, 6).tolist())),
    Factor("orientation", "periodic", tuple(np.linspace(0, 2 * math.pi, 40).tolist())),
    Factor("position_x", "ordered", tuple(np.linspace(0, 1, 32).tolist())),
    Factor("position_y", "ordered", tuple(np.linspace(0, 1, 32).tolist())),
)
SIZES = tuple(len(factor.values) for factor in FACTORS)


@component
class DSprites:
    """The whole grid of 737,280 images in the official order: the last factor, position_y, varies fastest."""

    version: ClassVar[int] = 1

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The six factors in official order. The two ends of `orientation` look the same."""
        return FACTORS

    @property
    def vocabulary(self) -> Vocabulary:
        """How people name the factors."""
        return load_vocabulary("dsprites")

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over a sample of the images: equal for two sources whose sampled pixels are equal."""
        return sample_digest(self.images)

    def __len__(self) -> int:
        return math.prod(SIZES)

    def images(self, index: Int[ndarray, " n"]) -> UInt8[ndarray, "n channels height width"]:
        """One channel, 0 or 255. An index outside the grid raises `ValueError`."""
        classes = grid_classes(index)
        images = np.zeros((len(index), SIDE, SIDE), np.uint8)
        for shape, outline in enumerate(OUTLINES):
            of_shape = np.flatnonzero(classes[:, 1] == shape)
            for start in range(0, len(of_shape), CHUNK):
                chosen = of_shape[start : start + CHUNK]
                _draw(images, chosen, classes[chosen], outline)
        return images[:, None]

    def classes(self, index: Int[ndarray, " n"]) -> Int[ndarray, "n factors"]:
        """The class of each factor, from 0. An index outside the grid raises `ValueError`."""
        return grid_classes(index)

    def index(self, classes: Int[ndarray, "n factors"]) -> Int[ndarray, " n"]:
        """The inverse of `classes`. A class outside the grid raises `ValueError`."""
        return grid_index(classes)


def grid_classes(index: Int[ndarray, " n"]) -> Int[ndarray, "n factors"]:
    """The classes at an index of the official order. An index outside the grid raises `ValueError`."""
    return np.stack(np.unravel_index(index, SIZES), axis=1)


def grid_index(classes: Int[ndarray, "n factors"]) -> Int[ndarray, " n"]:
    """The inverse of `grid_classes`. A class outside the grid raises `ValueError`."""
    return np.asarray(np.ravel_multi_index(tuple(classes.T), SIZES))


def sample_digest(images: Callable[[ndarray], ndarray]) -> str:
    """SHA-256 of 97 images spread over the grid; the stride is prime, so that every factor varies."""
    return hashlib.sha256(images(np.arange(97) * 7_577).tobytes()).hexdigest()


Points = Float64[ndarray, "n height width"]
White = Bool[ndarray, "n height width"]


class _Outline(NamedTuple):
    inside: Callable[[Points, Points], White]
    reach: float  # the largest distance of the outline from the centre of rotation


def _in_square(u: Points, v: Points) -> White:
    inside: White = np.maximum(np.abs(u), np.abs(v)) < 9.598
    return inside


def _in_ellipse(u: Points, v: Points) -> White:
    inside: White = np.hypot(u / 12.766, v / 7.213) < 1
    return inside


def _in_heart(u: Points, v: Points) -> White:
    """The curve u = 9.594 sin³t, v = -0.6622 (13 cos t - 5 cos 2t - 2 cos 3t - cos 4t + 2.17), solved for v at a given |u|."""
    cos2 = 1 - np.square(np.cbrt(np.minimum(np.abs(u) / 9.594, 1)))
    middle = 6.17 - cos2 * (2 + 8 * cos2)
    half = np.sqrt(cos2) * (19 - 8 * cos2)
    inside: White = np.abs(v + 0.6622 * middle) < 0.6622 * half
    return inside


OUTLINES = (_Outline(_in_square, 13.6), _Outline(_in_ellipse, 12.8), _Outline(_in_heart, 11.5))  # in the order of the classes


def _draw(images: ndarray, chosen: ndarray, classes: ndarray, outline: _Outline) -> None:
    """Draw sprites of one shape into `images[chosen]`, testing only the window that an outline can reach."""
    scale, angle, x, y = (np.asarray(FACTORS[k].values)[classes[:, k], None] for k in range(2, 6))
    columns, across = _window(16 + 32 * x, scale, outline.reach)
    lines, down = _window(16 + 32 * y, scale, outline.reach)
    cos, sin = np.cos(angle), np.sin(angle)
    u = (across * cos)[:, None, :] - (down * sin)[:, :, None]
    v = (across * sin)[:, None, :] + (down * cos)[:, :, None]
    images[chosen[:, None, None], lines[:, :, None], columns[:, None, :]] = outline.inside(u, v).view(np.uint8) * np.uint8(255)


def _window(centre: ndarray, scale: ndarray, reach: float) -> tuple[ndarray, ndarray]:
    """The pixels within reach of each centre, and the offsets of their middles in units of the sprite."""
    pixels = np.ceil(centre - 0.5 - reach).astype(np.int64) + np.arange(math.ceil(2 * reach))
    return pixels, (pixels + 0.5 - centre) / scale
