"""What one step of training sees: pictures, captions that say much, and prompts that say one thing."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int, UInt8
from numpy import ndarray
from numpy.random import Generator, default_rng

from bench.encoders.training.scenes import Scenes
from bench.encoders.training.words import UNSAID

GROUP = 16  # pictures of a batch that agree in about half of the factors
FULL = 0.75  # of the captions say all that can be said; the others say each property with a chance of one half
DOUBLING = 80  # steps after which every caption has twice as many wordings, from one at first: many at once are not learnt
STRANGE = 0.3  # of the captions get a word that the tokenizer does not know, so that the encoder learns to pass over such words


class Choice(NamedTuple):
    """One property: the prompts for its values, the pictures that have a value, and which prompt is true of each."""

    prompts: slice
    pictures: Int[ndarray, " chosen"]
    right: Int[ndarray, " chosen"]


class Batch(NamedTuple):
    """Pictures, a caption of each, which caption (row) is true of which picture (column), and prompts with their choices."""

    pictures: UInt8[ndarray, "n 3 height width"]
    captions: list[str]
    true: Bool[ndarray, "n n"]
    prompts: list[str]
    choices: list[Choice]


def batches(scenes: Sequence[Scenes], size: int, rng: Generator) -> Iterator[Batch]:
    """Batches without end, with equally many pictures of each dataset. A caption of one dataset is never true of another."""
    for step in count():
        wordings = min(2 ** (step // DOUBLING), 2**31)
        batch = Batch(np.zeros((size, 3, 64, 64), np.uint8), [], np.zeros((size, size), bool), [], [])
        for start, one in zip(range(0, size, size // len(scenes)), scenes, strict=True):
            _add(batch, one, slice(start, start + size // len(scenes)), wordings, rng)
        yield batch


def _add(batch: Batch, scenes: Scenes, where: slice, wordings: int, rng: Generator) -> None:
    size = where.stop - where.start
    index = scenes.drawn(size // GROUP, GROUP, rng)
    values = scenes.values[index]
    keep = (rng.random(values.shape) < 0.5) | (rng.random((size, 1)) < FULL)
    said = np.where(keep, values, UNSAID)
    batch.pictures[where] = scenes.dataset.images(index)
    batch.captions.extend(_worded(scenes, row, wordings, rng) for row in said)
    batch.true[where, where] = ((said[:, None] == UNSAID) | (said[:, None] == values)).all(2)
    for column, words in enumerate(scenes.wording.words.values()):
        start, chosen = len(batch.prompts), np.flatnonzero(values[:, column] != UNSAID)
        for value in range(len(words)):
            alone = np.where(np.arange(values.shape[1]) == column, value, UNSAID)
            batch.prompts.append(_worded(scenes, alone, wordings, rng))
        batch.choices.append(
            Choice(slice(start, len(batch.prompts)), where.start + chosen, values[chosen, column].astype(np.int64))
        )


def _worded(scenes: Scenes, values: Int[ndarray, " properties"], wordings: int, rng: Generator) -> str:
    """One of so many wordings, now and then with a strange word."""
    drawn = default_rng(rng.integers(wordings))
    spoken = scenes.say(values, drawn).split()
    if drawn.random() >= STRANGE:
        return " ".join(spoken)
    spoken.insert(int(drawn.integers(len(spoken) + 1)), "unknownword")
    return " ".join(spoken)
