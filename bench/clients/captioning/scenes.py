"""Pictures of the two built-in datasets, split by combination of factors: those held out are in no strip that is practised on."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Int
from numpy import ndarray
from numpy.random import default_rng

from bench.datasets.dsprites import DSprites
from bench.datasets.shapes3d import Shapes3D
from bench.interfaces import Dataset

HELD_OUT = 0.05  # of the combinations


@dataclass(frozen=True)
class Scenes:
    """A dataset, and which factors at which coarseness make a combination. `mixtures`: whether latents may share factors."""

    name: str
    dataset: Dataset
    columns: tuple[int, ...]
    widths: tuple[int, ...]  # classes that count as one
    mixtures: bool

    def cells(self, classes: Int[ndarray, "n factors"]) -> Int[ndarray, " n"]:
        """The number of each picture's combination."""
        return np.asarray(np.ravel_multi_index(tuple((classes[:, self.columns] // self.widths).T), self._sizes))

    def held_out(self, classes: Int[ndarray, "n factors"]) -> Bool[ndarray, " n"]:
        """Whether the combination of each picture is held out."""
        return np.asarray(self._kept[self.cells(classes)])

    @cached_property
    def _sizes(self) -> tuple[int, ...]:
        sizes = [len(factor.values) for factor in self.dataset.factors]
        return tuple(-(-sizes[column] // width) for column, width in zip(self.columns, self.widths, strict=True))

    @cached_property
    def _kept(self) -> Bool[ndarray, " cells"]:
        """The same in every process."""
        count = int(np.prod(self._sizes))
        kept = np.zeros(count, bool)
        kept[default_rng(0).choice(count, round(HELD_OUT * count), replace=False)] = True
        return kept


def built_in() -> dict[str, Scenes]:
    """By dataset: shape, size and quarter of the place of a sprite; the three colours of a room."""
    sprites = Scenes("dsprites", DSprites(), (1, 2, 4, 5), (1, 2, 8, 8), mixtures=True)
    rooms = Scenes("shapes3d", Shapes3D(), (0, 1, 2), (1, 1, 1), mixtures=False)
    return {one.name: one for one in (sprites, rooms)}
