"""Draws pictures that share the class of one factor, from the rows of a table of classes."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int
from numpy import ndarray


@dataclass(frozen=True)
class Sharing:
    """Rows in order of their class of one factor: the i-th class that occurs has `counts[i]` of them, from `starts[i]` on."""

    rows: Int[ndarray, " n"]
    starts: Int[ndarray, " classes"]
    counts: Int[ndarray, " classes"]
    place: Int[ndarray, " n"]  # which class each row has, counting those that occur

    def sets(self, sets: int, size: int, rng: np.random.Generator) -> Int[ndarray, "sets size"]:
        """Sets of rows, each of one class; every class that occurs is as likely, whatever its number of rows."""
        return self._within(np.repeat(rng.integers(0, len(self.counts), sets)[:, None], size, axis=1), rng)

    def partners(self, rows: Int[ndarray, "sets size"], rng: np.random.Generator) -> Int[ndarray, "sets size"]:
        """For each row, one of its class."""
        return self._within(self.place[rows], rng)

    def _within(self, classes: Int[ndarray, "sets size"], rng: np.random.Generator) -> Int[ndarray, "sets size"]:
        step = np.floor(rng.random(classes.shape) * self.counts[classes]).astype(np.int64)
        return np.asarray(self.rows[self.starts[classes] + step])


def sharing(column: Int[ndarray, " n"]) -> Sharing:
    """The rows by their class in `column`."""
    _, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    return Sharing(np.argsort(place, kind="stable"), np.cumsum(counts) - counts, counts, place)


def shared_out(total: int, parts: int, rng: np.random.Generator) -> Int[ndarray, " parts"]:
    """How many of `total` draws fall to each of `parts` that are equally likely."""
    return np.asarray(rng.multinomial(total, np.full(parts, 1 / parts)))
