"""Periodic factors: where they close, and after which part of a turn a picture looks the same again.

A square looks the same after a quarter turn, so its orientation is known up to a quarter turn only. Whoever compares two
orientations has to know that; both facts are read off the pictures.
"""

from dataclasses import dataclass
from math import lcm

import numpy as np
from jaxtyping import Float64, Int
from numpy import ndarray

from bench.interfaces import Dataset

ORDERS = range(8, 1, -1)  # symmetries that are looked for, highest first
ALIKE = 0.15  # part of the largest difference along a turn below which two pictures count as the same
SAMPLES = 12  # pictures looked at in each context


@dataclass(frozen=True)
class Circle:
    """One periodic factor: its column, its period in classes, and the order of symmetry for each context.

    A context is a combination of the classes of all categorical factors, which are in `columns` and have `sizes` classes.
    """

    column: int
    period: int
    columns: tuple[int, ...]
    sizes: tuple[int, ...]
    orders: tuple[int, ...]

    def order(self, classes: Int[ndarray, "n factors"]) -> Int[ndarray, " n"]:
        """The order of symmetry of each picture."""
        if not self.columns:
            return np.full(len(classes), self.orders[0])
        context = np.ravel_multi_index(tuple(classes[:, list(self.columns)].T), self.sizes)
        return np.asarray(np.array(self.orders)[context])

    def unrolled(
        self, values: Float64[ndarray, "n ..."], orders: Int[ndarray, "n ..."]
    ) -> tuple[Float64[ndarray, "n ..."], Int[ndarray, " n"]]:
        """The values of each row made continuous along every further axis, as parts of a whole visible turn, and the order used.

        Neighbours are taken to be the shorter way apart. A row that visits several orders is read at their least common multiple.
        """
        common = np.array([lcm(*np.unique(row).tolist()) for row in orders.reshape(len(orders), -1)], np.int64)
        turns = values * (common / self.period).reshape(-1, *[1] * (values.ndim - 1))
        for axis in range(1, values.ndim):
            turns = np.unwrap(turns, axis=axis, period=1.0)
        return turns, common


def circles(dataset: Dataset) -> tuple[Circle, ...]:
    """The periodic factors of a dataset with more than one class."""
    sizes = tuple(len(factor.values) for factor in dataset.factors)
    columns = tuple(i for i, factor in enumerate(dataset.factors) if factor.kind == "categorical")
    periodic = [i for i, factor in enumerate(dataset.factors) if factor.kind == "periodic" and sizes[i] > 1]
    return tuple(_circle(dataset, column, columns, sizes) for column in periodic)


def _circle(dataset: Dataset, column: int, columns: tuple[int, ...], sizes: tuple[int, ...]) -> Circle:
    counts = tuple(sizes[i] for i in columns)
    turns = [
        _turns(dataset, column, dict(zip(columns, context, strict=True)), sizes) for context in np.ndindex(*counts)
    ]  # one empty context when there are no categorical factors
    closed = all(np.array_equal(turn[:, 0], turn[:, -1]) for turn in turns)
    period = sizes[column] - closed
    return Circle(column, period, columns, counts, tuple(_order(turn[:, :period]) for turn in turns))


def _turns(dataset: Dataset, column: int, context: dict[int, int], sizes: tuple[int, ...]) -> Float64[ndarray, "n classes pixels"]:
    drawn = np.random.default_rng(0).integers(0, sizes, (SAMPLES, len(sizes)))
    for other, value in context.items():
        drawn[:, other] = value
    classes = np.repeat(drawn[:, None], sizes[column], axis=1)
    classes[:, :, column] = np.arange(sizes[column])
    images = dataset.images(dataset.index(classes.reshape(-1, len(sizes))))
    return images.reshape(SAMPLES, sizes[column], -1).astype(np.float64)


def _order(turns: Float64[ndarray, "n classes pixels"]) -> int:
    period = turns.shape[1]
    first = turns[:, :1]
    apart = np.square(turns - first).sum((0, 2))
    fits = [order for order in ORDERS if order <= period / 2 and apart[round(period / order)] < ALIKE * apart.max()]
    return fits[0] if fits else 1
