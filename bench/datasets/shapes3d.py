"""3D Shapes (Burgess and Kim, 2018) drawn on the fly: an object in a room, 64 × 64, one image per combination of six factors.

The last three factors (scale, shape, orientation) alone decide where floor, wall, object and sky lie and how much light they have:
480 covers, traced once each. The first three only choose the paints. See `shapes3d_scene.py` for what orientation means.
"""

import colorsys
import math
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import ClassVar

import numpy as np
from jaxtyping import Float32, Int, UInt8
from numpy import ndarray

from bench.artifacts import Factor
from bench.component import component
from bench.datasets.grid import classes_at, index_of, sample_digest
from bench.datasets.shapes3d_scene import OBJECT, camera, light, trace
from bench.datasets.vocabulary import Vocabulary, load_vocabulary

SIDE = 64
SAMPLES = 2  # rays along each side of a pixel
SKY_PAINT = (153, 226, 249)

HUES = tuple(k / 10 for k in range(10))
FACTORS = (
    Factor("floor_hue", "periodic", HUES),
    Factor("wall_hue", "periodic", HUES),
    Factor("object_hue", "periodic", HUES),
    Factor("scale", "ordered", tuple(np.linspace(0.75, 1.25, 8).tolist())),
    Factor("shape", "categorical", ("cube", "cylinder", "sphere", "capsule")),
    Factor("orientation", "ordered", tuple(np.linspace(-30, 30, 15).tolist())),
)
SIZES = tuple(len(factor.values) for factor in FACTORS)
COVERS = math.prod(SIZES[3:])

Cover = Float32[ndarray, "regions pixels"]
Paints = Float32[ndarray, "hues channels regions"]


@component
class Shapes3D:
    """The whole grid of 480,000 images in the official order: the last factor, orientation, varies fastest."""

    version: ClassVar[int] = 1

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The six factors in official order. Hues go round a circle, of which the last class stops one step short."""
        return FACTORS

    @property
    def vocabulary(self) -> Vocabulary:
        """How people name the factors."""
        return load_vocabulary("shapes3d")

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over a sample of the images: equal for two sources whose sampled pixels are equal."""
        return sample_digest(self.images, SIZES)

    def __len__(self) -> int:
        return math.prod(SIZES)

    def images(self, index: Int[ndarray, " n"]) -> UInt8[ndarray, "n channels height width"]:
        """Three channels, red, green and blue. An index outside the grid raises `ValueError`."""
        classes_at(index, SIZES)
        images = np.empty((len(index), 3, SIDE * SIDE), np.uint8)
        for number, chosen in _by_cover(index):
            # Whole numbers up to 255²: exact in float32, and no quotient lies near a half, so every machine rounds alike.
            images[chosen] = self._paints[index[chosen] // COVERS] @ self._cover(number) / np.float32(255) + np.float32(0.5)
        return images.reshape(-1, 3, SIDE, SIDE)

    def classes(self, index: Int[ndarray, " n"]) -> Int[ndarray, "n factors"]:
        """The class of each factor, from 0. An index outside the grid raises `ValueError`."""
        return classes_at(index, SIZES)

    def index(self, classes: Int[ndarray, "n factors"]) -> Int[ndarray, " n"]:
        """The inverse of `classes`. A class outside the grid raises `ValueError`."""
        return index_of(classes, SIZES)

    def _cover(self, number: int) -> Cover:
        if number not in self._covers:
            self._covers[number] = _traced(number)
        return self._covers[number]

    @cached_property
    def _covers(self) -> dict[int, Cover]:
        return {}

    @cached_property
    def _paints(self) -> Paints:
        """The colour of sky, floor, wall and object, 0 to 255, for each combination of hues."""
        hues = np.rint(255 * np.array([colorsys.hsv_to_rgb(hue, 1, 1) for hue in HUES]))
        floor, wall, thing = np.unravel_index(np.arange(math.prod(SIZES[:3])), SIZES[:3])
        sky = np.broadcast_to(SKY_PAINT, hues[floor].shape)
        return np.stack([sky, hues[floor], hues[wall], hues[thing]], axis=2).astype(np.float32)


def _by_cover(index: Int[ndarray, " n"]) -> Iterator[tuple[int, Int[ndarray, " chosen"]]]:
    """Each cover that is needed, and where."""
    numbers = index % COVERS
    order = np.argsort(numbers, kind="stable")
    distinct, starts = np.unique(numbers[order], return_index=True)
    for number, (start, end) in zip(distinct.tolist(), pairwise([*starts, len(order)]), strict=True):
        yield number, order[start:end]


def _traced(number: int) -> Cover:
    """How much of its own colour each region gives to each pixel: whole numbers that add up to 255 at most."""
    scale, shape, orientation = np.unravel_index(number, SIZES[3:])
    view = camera(float(FACTORS[5].values[orientation]), SAMPLES * SIDE)
    hits = trace(view, int(shape), float(FACTORS[3].values[scale]))
    light_of = np.where(hits.region == 0, 1.0, light(hits, view))
    parts = (hits.region == np.arange(OBJECT + 1)[:, None]) * light_of
    pixels = parts.reshape(-1, SIDE, SAMPLES, SIDE, SAMPLES).mean((2, 4)).reshape(-1, SIDE * SIDE)
    return np.asarray(np.floor(255 * pixels), np.float32)
