"""A part of a dataset: some of the classes of some factors, so that a small model can learn the rest well."""

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Int, UInt8
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Factor
from bench.component import component
from bench.datasets.grid import classes_at, index_of, sample_digest
from bench.datasets.vocabulary import Vocabulary
from bench.errors import ConfigError
from bench.interfaces import Dataset

Class = Annotated[int, Field(ge=0)]


@component
class Restricted:
    """The pictures of `of` whose factors have one of the classes in `keep`; factors that are not named keep all of theirs.

    A periodic factor that is not whole becomes ordered: what is left does not wrap around.
    """

    version: ClassVar[int] = 1
    of: Dataset
    keep: Mapping[str, tuple[Class, ...]]

    def __post_init__(self) -> None:
        sizes = {factor.name: len(factor.values) for factor in self.of.factors}
        for name, kept in self.keep.items():
            if name not in sizes or not kept or max(kept) >= sizes[name] or list(kept) != sorted(set(kept)):
                known = ", ".join(f"{factor} (0 to {size - 1})" for factor, size in sizes.items())
                raise ConfigError(f"keep: expected rising classes of one of {known}; got {name}: {list(kept)}")

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """Those of the dataset, with the values that are kept."""
        return tuple(_left(factor, kept) for factor, kept in zip(self.of.factors, self._kept, strict=True))

    @property
    def vocabulary(self) -> Vocabulary:
        """That of the dataset."""
        return self.of.vocabulary

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over a sample of the images."""
        return sample_digest(self.images, self._sizes)

    def __len__(self) -> int:
        return math.prod(self._sizes)

    def images(self, index: Int[ndarray, " n"]) -> UInt8[ndarray, "n channels height width"]:
        """As the dataset has them. An index outside the grid raises `ValueError`."""
        whole = [kept[column] for kept, column in zip(self._kept, self.classes(index).T, strict=True)]
        return self.of.images(self.of.index(np.stack(whole, axis=1)))

    def classes(self, index: Int[ndarray, " n"]) -> Int[ndarray, "n factors"]:
        """The class of each factor among those that are kept. An index outside the grid raises `ValueError`."""
        return classes_at(index, self._sizes)

    def index(self, classes: Int[ndarray, "n factors"]) -> Int[ndarray, " n"]:
        """The inverse of `classes`. A class outside the grid raises `ValueError`."""
        return index_of(classes, self._sizes)

    @cached_property
    def _kept(self) -> tuple[ndarray, ...]:
        return tuple(np.array(self.keep.get(f.name, range(len(f.values)))) for f in self.of.factors)

    @property
    def _sizes(self) -> tuple[int, ...]:
        return tuple(len(kept) for kept in self._kept)


def _left(factor: Factor, kept: ndarray) -> Factor:
    if len(kept) == len(factor.values):
        return factor
    kind = "ordered" if factor.kind == "periodic" else factor.kind
    return replace(factor, kind=kind, values=tuple(factor.values[i] for i in kept.tolist()))
