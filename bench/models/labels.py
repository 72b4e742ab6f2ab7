"""What is known of images beforehand: some factors of a dataset, as a network reads them, and the attributes they make."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Int
from numpy import ndarray

from bench.artifacts import Factor
from bench.errors import ConfigError
from bench.interfaces import Dataset


class Attribute(NamedTuple):
    """Something that an image has or has not: the value of a categorical factor, or the upper half of an ordered one."""

    name: str
    label: int  # column of the classes
    holds: Bool[ndarray, " classes"]


@dataclass(frozen=True)
class Labels:
    """The chosen factors, in the order in which they were chosen, and their columns among all factors of the dataset."""

    factors: tuple[Factor, ...]
    columns: tuple[int, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of classes of each label."""
        return tuple(len(factor.values) for factor in self.factors)

    @property
    def tables(self) -> tuple[Float32[ndarray, "classes _width"], ...]:
        """What a network reads for each class: one number each if categorical, else the rank in [-1, 1], or a point on a circle."""
        return tuple(map(_table, self.factors))

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """One for each value of a categorical or periodic factor (of two values, for the last one), one for an ordered factor."""
        return tuple(one for label, factor in enumerate(self.factors) for one in _attributes(label, factor))

    def classes(self, dataset: Dataset, index: Int[ndarray, " n"]) -> Int[ndarray, "n labels"]:
        """The classes of the chosen factors."""
        return dataset.classes(index)[:, list(self.columns)]


def chosen(dataset: Dataset, names: Sequence[str]) -> Labels:
    """The factors of these names. Raises `ConfigError` for one that the dataset lacks, and for a repeated one."""
    known = [factor.name for factor in dataset.factors]
    if unknown := [name for name in names if name not in known]:
        raise ConfigError(f"labels: expected factors of the dataset ({', '.join(known) or 'none is known'}), got {unknown}")
    if len(set(names)) < len(names):
        raise ConfigError(f"labels: expected each factor once, got {list(names)}")
    columns = tuple(known.index(name) for name in names)
    return Labels(tuple(dataset.factors[column] for column in columns), columns)


def _table(factor: Factor) -> Float32[ndarray, "classes _width"]:
    count = len(factor.values)
    if factor.kind == "categorical":
        return np.eye(count, dtype=np.float32)
    if factor.kind == "ordered":
        return np.linspace(-1, 1, count, dtype=np.float32)[:, None]
    angle = 2 * np.pi * np.arange(count) / count
    return np.stack([np.cos(angle), np.sin(angle)], 1).astype(np.float32)


def _attributes(label: int, factor: Factor) -> Iterator[Attribute]:
    count = len(factor.values)
    if factor.kind == "ordered":
        yield Attribute(f"upper half of {factor.name}", label, np.arange(count) > (count - 1) / 2)
        return
    for value in range(1 if count == 2 else 0, count):
        yield Attribute(f"{factor.name} {factor.values[value]}", label, np.arange(count) == value)
