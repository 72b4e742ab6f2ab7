"""A dataset of one class, from any source: what models learn from, what thresholds are chosen on, and what is tested."""

import hashlib
from functools import cached_property
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Bool, Int, UInt8
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Factor
from bench.component import component
from bench.datasets.blemishes import Blemished, blemished
from bench.datasets.inspected import Source, Stock
from bench.datasets.pictures import checked
from bench.datasets.vocabulary import Vocabulary
from bench.errors import ConfigError, DataError

TURNS = 8  # quarter turns of a picture and of its mirror image


@component
class OneClass:
    """The normal pictures of a source; behind them those kept for `trial`, and behind those the test pictures (see `Inspected`).

    `trial_share` is the share of the normal pictures that is kept from learning, the last ones; every second of these gets a patch
    of another one (see `blemished`). With `turned` each picture to learn from comes in all eight quarter turns and reflections. All
    pictures are held in memory.
    """

    version: ClassVar[int] = 1
    source: Source
    trial_share: Annotated[float, Field(gt=0, lt=1)]
    turned: bool

    @property
    def factors(self) -> tuple[Factor, ...]:
        """Nobody knows them."""
        return ()

    @property
    def vocabulary(self) -> Vocabulary:
        """What the pictures show, and no words for factors."""
        return Vocabulary(self.source.subject, ())

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over all pixels and masks."""
        digest = hashlib.sha256()
        for part in self._stock:
            digest.update(repr(part.shape).encode() + np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()

    def __len__(self) -> int:
        return len(self._learnt) * self._times

    @property
    def trial(self) -> Int[ndarray, " n"]:
        """Where the pictures for trial are."""
        return len(self) + np.arange(len(self._blemished.pictures))

    @property
    def tested(self) -> Int[ndarray, " n"]:
        """Where the test pictures are."""
        return len(self) + len(self._blemished.pictures) + np.arange(len(self._stock.tested))

    def images(self, index: Int[ndarray, " n"]) -> UInt8[ndarray, "n channels height width"]:
        """As the source has them. An index outside raises `ValueError`."""
        first, last = len(self), len(self) + len(self._blemished.pictures)
        images = np.empty((len(index), *self._learnt.shape[1:]), np.uint8)
        places = checked(index, last + len(self._stock.tested))
        for row, place in enumerate(places.tolist()):
            if place < first:
                images[row] = _turned(self._learnt[place // self._times], place % self._times)
            else:
                images[row] = self._blemished.pictures[place - first] if place < last else self._stock.tested[place - last]
        return images

    def masks(self, index: Int[ndarray, " n"]) -> Bool[ndarray, "n height width"]:
        """The defective pixels: made up for trial, those of the source for test pictures, none of the others."""
        before = np.zeros(self._learnt.shape[-2:], bool)
        first, last = len(self), len(self) + len(self._blemished.pictures)
        found = [
            before if place < first else self._blemished.masks[place - first] if place < last else self._stock.masks[place - last]
            for place in checked(index, last + len(self._stock.tested)).tolist()
        ]
        return np.array(found, bool).reshape(-1, *before.shape)

    def classes(self, index: Int[ndarray, " n"]) -> Int[ndarray, "n factors"]:
        """No factors."""
        return np.zeros((len(index), 0), np.int64)

    def index(self, classes: Int[ndarray, "n factors"]) -> Int[ndarray, " n"]:  # noqa: ARG002
        """Raises `ConfigError`: pictures cannot be looked up by factors."""
        raise ConfigError("expected a dataset whose factors are known, got one of a single class; set model.truth to null")

    @cached_property
    def _stock(self) -> Stock:
        return self.source.read()

    @property
    def _times(self) -> int:
        return TURNS if self.turned else 1

    @property
    def _learnt(self) -> UInt8[ndarray, "n channels height width"]:
        normal = self._stock.normal
        return np.asarray(normal[: len(normal) - self._kept])

    @cached_property
    def _blemished(self) -> Blemished:
        return blemished(self._stock.normal[len(self._stock.normal) - self._kept :])

    @property
    def _kept(self) -> int:
        count = len(self._stock.normal)
        kept = max(2, round(self.trial_share * count))
        if count - kept < 1:
            raise DataError(f"expected at least 3 normal pictures to learn from and to try thresholds on, got {count}")
        return kept


def _turned(picture: UInt8[ndarray, "channels height width"], turn: int) -> UInt8[ndarray, "channels height width"]:
    return np.rot90(picture[..., ::-1] if turn >= TURNS // 2 else picture, turn % 4, axes=(-2, -1))
