"""Pictures with what can be said of them, split by combination of values: those held out are never drawn for training."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Int, UInt8
from numpy import ndarray
from numpy.random import Generator, default_rng

from bench.encoders.training.captions import GRAMMARS, caption
from bench.encoders.training.words import UNSAID, Wording
from bench.interfaces import Dataset

HELD_OUT = 100  # combinations of values a dataset


@dataclass(frozen=True)
class Scenes:
    """The pictures of one dataset and the words for them."""

    name: str
    dataset: Dataset
    wording: Wording

    @cached_property
    def values(self) -> Int[ndarray, "n properties"]:
        """The values of all pictures of the dataset, -1 where nothing is said."""
        every = np.arange(len(self.dataset))
        return np.concatenate(
            [self.wording.values(self.dataset.classes(part)).astype(np.int8) for part in np.array_split(every, 16)]
        )

    @cached_property
    def held_out(self) -> Int[ndarray, "combinations properties"]:
        """The same combinations in every process, drawn with seed 0 from those that pictures show."""
        said = self.values[(self.values != UNSAID).all(1)]
        every = np.unique(said, axis=0)
        return every[default_rng(0).choice(len(every), HELD_OUT, replace=False)]

    @cached_property
    def _tested(self) -> Bool[ndarray, " n"]:
        sizes = [len(values) for values in self.wording.words.values()]
        codes = np.ravel_multi_index(tuple((self.values.T + 1).astype(np.int64)), [size + 1 for size in sizes])
        held = np.ravel_multi_index(tuple((self.held_out.T + 1).astype(np.int64)), [size + 1 for size in sizes])
        return np.isin(codes, held)

    def drawn(self, groups: int, size: int, rng: Generator) -> Int[ndarray, " pictures"]:
        """Random pictures for training, in groups that agree in about half of the factors.

        Within a group the factors that are left must tell pictures apart; else colours alone would, and little else were learnt.
        """
        shape, sizes = (groups, size, len(self.dataset.factors)), [len(factor.values) for factor in self.dataset.factors]
        shared, fixed = rng.integers(sizes, size=(groups, 1, len(sizes))), rng.random((groups, 1, len(sizes))) < 0.5
        index = np.zeros(groups * size, np.int64)
        missing = np.ones(groups * size, bool)
        while missing.any():
            classes = np.where(fixed, shared, rng.integers(sizes, size=shape)).reshape(-1, len(sizes))
            index[missing] = self.dataset.index(classes[missing])
            missing = np.asarray(self._tested[index])
            blocked = np.asarray(missing.reshape(groups, size).any(1))[:, None, None]
            shared = np.where(blocked, rng.integers(sizes, size=shared.shape), shared)
        return index

    def of(self, combination: Int[ndarray, " properties"], count: int, rng: Generator) -> UInt8[ndarray, "n channels height width"]:
        """Random pictures of one combination of values."""
        return self.dataset.images(rng.choice(np.flatnonzero((self.values == combination).all(1)), count))

    def say(self, values: Int[ndarray, " properties"], rng: Generator, held_out: bool = False) -> str:
        """A caption of the values that are not -1, in drawn words."""
        named = zip(self.wording.words.items(), values, strict=True)
        said = {name: words[value][int(rng.integers(len(words[value])))] for (name, words), value in named if value != UNSAID}
        return caption(said, GRAMMARS[self.name], rng, held_out)
