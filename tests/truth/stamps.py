"""A small world for tests: a stamp of one of two kinds at a place, with a brightness, and a light that runs around the border.

The light of kind "cross" comes twice, opposite each other, so that half a turn cannot be seen.
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from bench.artifacts import Factor, Unit
from bench.datasets.vocabulary import FactorWords, Vocabulary

SIDE = 20
FACTORS = (
    Factor("kind", "categorical", ("square", "cross")),
    Factor("x", "ordered", tuple(float(i) for i in range(9))),
    Factor("y", "ordered", tuple(float(i) for i in range(9))),
    Factor("glow", "ordered", tuple(float(i) for i in range(4))),
    Factor("light", "periodic", tuple(float(i) for i in range(12))),
)
SIZES = tuple(len(factor.values) for factor in FACTORS)
STAMPS = np.stack([np.ones((5, 5), int), np.isin(np.add.outer(np.eye(5)[2], np.eye(5)[2]), [1, 2]).astype(int)])
AROUND = [(round(9.5 + 8 * np.sin(a)), round(9.5 - 8 * np.cos(a))) for a in 2 * np.pi * np.arange(12) / 12]


def words(*directed: str) -> Vocabulary:
    """Words for every factor, and for a rise and a fall of some."""
    ways = ({"increase": ("rises",), "decrease": ("falls",)}, {})
    said = ((f.name, {"change": ("changes",)} | ways[f.name not in directed]) for f in FACTORS)
    return Vocabulary("the stamp", tuple(FactorWords(name, says, (name,), (), (), (), {}) for name, says in said))


@dataclass(frozen=True)
class Stamps:
    factors: tuple[Factor, ...] = FACTORS
    vocabulary: Vocabulary = field(default_factory=lambda: words("x", "y", "glow", "light"))
    fingerprint: str = "stamps"

    def __len__(self):
        return int(np.prod(SIZES))

    def classes(self, index):
        return np.stack(np.unravel_index(index, SIZES), axis=1)

    def index(self, classes):
        return np.ravel_multi_index(classes.T, SIZES)

    def images(self, index):
        return album()[index]


def drawn(row):
    kind, x, y, glow, light = row
    picture = np.zeros((1, SIDE, SIDE), np.uint8)
    picture[0, 3 + y : 8 + y, 3 + x : 8 + x] = STAMPS[kind] * (60 + 65 * glow)
    for turn in (light, light + 6) if kind == 1 else (light,):
        across, down = AROUND[turn % 12]
        picture[0, down - 1 : down + 1, across - 1 : across + 1] = 200
    return np.kron(picture, np.ones((1, 2, 2), np.uint8))  # large enough to be softened


@dataclass(frozen=True)
class Press:
    """A model over the stamps with an encoder: `gains[j]` are the classes that latent j moves each factor per unit."""

    gains: tuple[tuple[float, ...], ...]
    heard: tuple[tuple[float, ...], ...]  # what the encoder makes of the factors, centred and of variance one
    dataset: Stamps = field(default_factory=Stamps)

    @property
    def latents(self):
        return len(self.gains)

    @property
    def units(self):
        return tuple(Unit(f"z{i}", (i,)) for i in range(self.latents))

    def codes(self, anchors):
        return np.stack([np.random.default_rng(a).standard_normal(self.latents) for a in anchors.tolist()]).astype(np.float32)

    def render(self, anchors, codes):
        start = np.array([np.random.default_rng(a).integers(0, SIZES) for a in anchors.tolist()])
        middle = np.where(np.any(self.gains, axis=0), (np.array(SIZES) - 1) / 2, start)
        classes = np.rint(middle + codes.astype(float) @ np.array(self.gains)).astype(int)
        classes[:, 4] %= 12
        return self.dataset.images(self.dataset.index(np.clip(classes, 0, np.array(SIZES) - 1)))

    def encode(self, images):
        known = lookup()
        classes = np.array([known[image.tobytes()] for image in images])
        ones = (classes - (np.array(SIZES) - 1) / 2) / np.sqrt((np.square(SIZES) - 1) / 12)
        means = (ones @ np.array(self.heard).T).astype(np.float32)
        used = np.any(self.heard, axis=1)
        return means, np.where(used, -4.0, 0.0).astype(np.float32) * np.ones_like(means)


@cache
def album():
    return np.stack([drawn(row) for row in np.ndindex(*SIZES)])


@cache
def lookup():
    return {image.tobytes(): row for image, row in zip(album(), np.ndindex(*SIZES), strict=True)}
