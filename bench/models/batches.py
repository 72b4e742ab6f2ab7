"""Which images a training step sees, and how they are made while the step before it is still under way."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from jaxtyping import Int, UInt8
from numpy import ndarray

from bench.interfaces import Dataset

T = TypeVar("T")

ORDER = 1  # first number of every seed of an epoch's order


@dataclass(frozen=True)
class Batches:
    """Batches by step: epoch after epoch, each in an order of its own, no image left out. A batch depends on its step alone."""

    dataset: Dataset
    size: int
    seed: int
    _orders: dict[int, ndarray] = field(default_factory=dict, repr=False)

    def __call__(self, step: int) -> UInt8[ndarray, "n channels height width"]:
        """The images of one step, from 0."""
        return self.dataset.images(self.index(step))

    def index(self, step: int) -> Int[ndarray, " n"]:
        """The indices of one step. A batch may reach into the next epoch."""
        epochs, places = np.divmod(np.arange(step * self.size, (step + 1) * self.size), len(self.dataset))
        return np.concatenate([self._order(int(epoch))[places[epochs == epoch]] for epoch in np.unique(epochs)])

    def _order(self, epoch: int) -> Int[ndarray, " n"]:
        if epoch not in self._orders:
            self._orders.clear()  # one epoch is held
            self._orders[epoch] = np.random.default_rng([ORDER, self.seed, epoch]).permutation(len(self.dataset))
        return self._orders[epoch]


def ahead(make: Callable[[int], T], start: int, stop: int) -> Iterator[tuple[int, T]]:
    """`(step, make(step))` for each step; the next one is made in a second thread while the caller works on this one."""
    if start >= stop:
        return
    with ThreadPoolExecutor(1, thread_name_prefix="batches") as thread:
        coming = thread.submit(make, start)
        for step in range(start, stop):
            made = coming.result()
            if step + 1 < stop:
                coming = thread.submit(make, step + 1)
            yield step, made
