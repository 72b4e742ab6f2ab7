"""A set of pictures to be inspected, and cases with maps of them."""

import asyncio
from dataclasses import dataclass

import numpy as np

from bench.artifacts import Case, Explanation, Row, Traversal, Unit, UnitTraversals
from bench.attention.record import Attention
from bench.datasets.vocabulary import Vocabulary
from bench.pipeline import score

WORDS = Vocabulary("the thing", ())


@dataclass(frozen=True)
class Things:
    """Pictures 0 to 9 are to be learnt from, those of `trials` follow, then those of `tests`; only masks are known."""

    trials: np.ndarray
    tests: np.ndarray
    factors = ()
    vocabulary = WORDS
    fingerprint = "things"

    def __len__(self):
        return 10

    @property
    def trial(self):
        return 10 + np.arange(len(self.trials))

    @property
    def tested(self):
        return 10 + len(self.trials) + np.arange(len(self.tests))

    def images(self, index):
        return np.zeros((len(index), 1, *self.tests.shape[1:]), np.uint8)

    def classes(self, index):
        return np.zeros((len(index), 0), np.int64)

    def index(self, classes):
        raise AssertionError

    def masks(self, index):
        return np.concatenate([np.zeros((10, *self.tests.shape[1:]), bool), self.trials, self.tests])[index]


class Model:
    """One that is never asked."""

    latents, units = 1, (Unit("all", (0,)),)

    def codes(self, anchors):
        raise AssertionError

    def render(self, anchors, codes):
        raise AssertionError


def case(index, maps, failure=None):
    about, codes = Unit("all", (0,)), np.zeros((1, 1, 1), np.float32)
    strip = Traversal(about, 0, codes[0, 0], codes, np.zeros((1, 1, 1, 4, 4), np.uint8), (Row((0,)),))
    shown = Attention(np.asarray(index), np.asarray(maps, np.float32))
    return Case(UnitTraversals(about, (strip,), ()), None, Explanation("all", None, attention=shown, failure=failure), WORDS)


def run(metric, dataset, cases):
    return list(asyncio.run(score(metric, cases, (Model(), dataset))))


def value(metric, maps, masks, trial_maps=None, trial_masks=None):
    """What the metric makes of these maps of the test pictures, and of those for trial if there are any."""
    things = Things(np.zeros((0, *masks.shape[1:]), bool) if trial_masks is None else trial_masks, masks)
    whole = maps if trial_maps is None else np.concatenate([trial_maps, maps])
    index = things.tested if trial_maps is None else np.concatenate([things.trial, things.tested])
    [found] = run(metric, things, [case(index, whole)])
    return found


def drawn(seed, pictures=4, side=12, levels=0):
    """Random maps, of `levels` distinct values unless 0, and masks of one or two rectangles in all pictures but the first."""
    rng = np.random.default_rng(seed)
    masks = np.zeros((pictures, side, side), bool)
    for mask in masks[1:]:
        for _ in range(rng.integers(1, 3)):
            top, left, tall, wide = rng.integers(0, side - 4, 2).tolist() + rng.integers(1, 5, 2).tolist()
            mask[top : top + tall, left : left + wide] = True
    maps = rng.normal(size=masks.shape) + rng.uniform(0, 2) * masks
    return (np.round(maps * levels / 4) if levels else maps).astype(np.float32), masks
