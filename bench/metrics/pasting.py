"""Pastes the pixels of a partner picture in the order of a map and follows the code: insertion and deletion without grey holes.

After the insertion game of Petsiuk et al. 2018 (arXiv 1806.07421), with pictures of the dataset in the place of blur.
"""

from functools import cached_property
from typing import Annotated, Any, ClassVar

import numpy as np
from jaxtyping import Float64, Int
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Unit
from bench.attention.record import Attention
from bench.component import component
from bench.interfaces import Dataset
from bench.truth.encoded import Encoder

Count = Annotated[int, Field(gt=0)]


@component
class Pasting:
    """Looks at the first `pictures` of a map, in `steps` pastes that grow from the top pixels to the whole picture.

    Step s pastes (s / steps)² of all pixels, since what changes is small. Ties of a map, the random order and the partner are drawn
    by `seed` and the picture. A partner that moves the code by less than `least` (Euclidean over the unit's latents) is left out.
    """

    version: ClassVar[int] = 1
    pictures: Count
    steps: Count
    least: Annotated[float, Field(gt=0)]
    seed: int

    def areas(self, shown: Attention, unit: Unit, factor: str, model: Encoder, dataset: Dataset) -> list[float]:
        """The area over that of a random order, by picture, of those whose partner moves the code."""
        if self._kept.get("of") is not model:
            self._kept.clear()
            self._kept["of"] = model
        column = [known.name for known in dataset.factors].index(factor)
        found = []
        for place, picture in enumerate(shown.index[: self.pictures].tolist()):
            pair, chance, codes = self._start(picture, column, model, dataset)
            if pair is None:
                continue
            own = list(unit.latents)
            if np.linalg.norm(codes[-1, own] - codes[0, own]) < self.least:
                continue
            ordered = model.encode(self._pasted(pair, np.lexsort((chance, -shown.maps[place].ravel()))))[0]
            found.append(self._area(_between(codes, ordered)[:, own]) - self._area(codes[:, own]))
        return found

    def _start(self, picture: int, column: int, model: Encoder, dataset: Dataset) -> tuple[ndarray | None, ndarray, ndarray]:
        """The picture and its partner, a random order, and the codes along it; kept, since they are the same for all maps."""
        if (picture, column) not in self._kept:
            rng = np.random.default_rng([self.seed, picture, column])
            pair = _pair(dataset, picture, column, rng)
            chance = rng.permutation(pair.shape[-1] * pair.shape[-2])
            if (pair[0] == pair[1]).all():
                self._kept[picture, column] = None, chance, chance
            else:
                pasted = model.encode(np.concatenate([pair[:1], self._pasted(pair, np.argsort(chance)), pair[1:]]))[0]
                self._kept[picture, column] = pair, chance, pasted.astype(np.float64)
        pair, chance, codes = self._kept[picture, column]
        return pair, chance, codes

    def _pasted(self, pair: ndarray, order: Int[ndarray, " pixels"]) -> ndarray:
        """The pictures of all steps between the first and the last."""
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        counts = np.rint(self._parts[1:-1] * len(order))
        taken = (rank < counts[:, None]).reshape(-1, 1, *pair.shape[-2:])
        return np.asarray(np.where(taken, pair[1], pair[0]))

    def _area(self, codes: Float64[ndarray, "steps latents"]) -> float:
        away = np.linalg.norm(codes - codes[-1], axis=1)
        near = np.clip(1 - away / away[0], 0.0, 1.0)
        return float(np.trapezoid(near, self._parts))

    @property
    def _parts(self) -> Float64[ndarray, " steps"]:
        return np.linspace(0, 1, self.steps + 1) ** 2

    @cached_property
    def _kept(self) -> dict[Any, Any]:
        return {}


def _pair(dataset: Dataset, picture: int, column: int, rng: np.random.Generator) -> ndarray:
    """A picture and one with another value of one factor; the same one twice where there is only one value."""
    classes = dataset.classes(np.array([picture, picture]))
    size = len(dataset.factors[column].values)
    if size > 1:
        classes[1, column] = (classes[1, column] + rng.integers(1, size)) % size
    return dataset.images(dataset.index(classes))


def _between(codes: Float64[ndarray, "steps latents"], ordered: ndarray) -> Float64[ndarray, "steps latents"]:
    return np.concatenate([codes[:1], ordered.astype(np.float64), codes[-1:]])
