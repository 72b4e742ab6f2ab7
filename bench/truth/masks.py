"""Which pixels of a picture a factor can change: exact, where a dataset has a picture for every value of every factor."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float32, Int
from numpy import ndarray

from bench.artifacts import Effect
from bench.component import component
from bench.interfaces import Dataset

KEPT = 4096  # masks in memory; beyond it they are made anew


@component
class FactorMasks:
    """The soft mask of factor k in picture x: the mean over all other values v of |x - x with k at v|, in [0, 1].

    Differences are means over colours, as shares of the whole range. Of black and white pictures a mask is the probability that a
    pixel changes when the factor takes another value. A mask is empty where no value makes a difference: of a factor with one
    value, or of the orientation of something round.
    """

    version: ClassVar[int] = 1

    def of(self, factor: str, dataset: Dataset, index: Int[ndarray, " n"]) -> Float32[ndarray, "n height width"]:
        """The masks of one factor, by name, in some pictures. An unknown name raises `ValueError`."""
        column = [known.name for known in dataset.factors].index(factor)
        return np.stack([self._mask(column, dataset, picture) for picture in index.tolist()])

    def mixed(self, effects: Sequence[Effect], dataset: Dataset, index: Int[ndarray, " n"]) -> Float32[ndarray, "n height width"]:
        """The mean of the masks of several factors, each weighted by its share."""
        total = sum(effect.share for effect in effects)
        parts = [np.float32(effect.share / total) * self.of(effect.factor, dataset, index) for effect in effects]
        return np.asarray(np.sum(parts, axis=0), np.float32)

    def _mask(self, column: int, dataset: Dataset, picture: int) -> ndarray:
        if self._kept.get("of") is not dataset or len(self._kept) > KEPT:
            self._kept.clear()
            self._kept["of"] = dataset
        if (column, picture) not in self._kept:
            self._kept[column, picture] = _mask(column, dataset, picture)
        found: ndarray = self._kept[column, picture]
        return found

    @cached_property
    def _kept(self) -> dict[Any, Any]:
        return {}


def _mask(column: int, dataset: Dataset, picture: int) -> ndarray:
    index = np.array([picture])
    image = dataset.images(index)[0].astype(np.float32)
    [classes] = dataset.classes(index)
    others = [value for value in range(len(dataset.factors[column].values)) if value != classes[column]]
    if not others:
        return np.zeros(image.shape[1:], np.float32)
    changed = np.repeat(classes[None], len(others), axis=0)
    changed[:, column] = others
    pictures = dataset.images(dataset.index(changed)).astype(np.float32)
    return np.asarray(np.abs(pictures - image).mean((0, 1)) / 255, np.float32)
