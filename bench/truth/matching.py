"""Reads the factors of any picture by analysis through synthesis: which picture of the dataset comes nearest to it?

Nothing is trained, so nothing has to be shipped, seeded or trained again for blurred pictures, and every dataset that can be
looked up by its factors will do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Annotated, ClassVar, NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int, UInt8
from numpy import ndarray
from pydantic import Field

from bench.component import component
from bench.interfaces import Dataset
from bench.truth.pooling import pooled, principal

CHUNK = 1024  # pictures at a time
Count = Annotated[int, Field(gt=0)]
Classes = Int[ndarray, "n factors"]
Move = tuple[tuple[int, int], ...]  # (column, classes up or down), all at once
Pictures = UInt8[ndarray, "n channels height width"]


class Reading(NamedTuple):
    """What pictures show: the nearest classes, the same to parts of a class, and how far (mean square) that is from the picture."""

    classes: Int[ndarray, "n factors"]
    values: Float64[ndarray, "n factors"]
    misfit: Float64[ndarray, " n"]


@component
class Matching:
    """Starts from the nearest of `bank` random pictures and climbs down factor by factor.

    Nearest is by the first `components` principal components of the bank, on images pooled by `pool`.

    There is one start for each combination of categorical classes, of which the one that leads furthest down after a pass is kept.
    A pass tries, for every factor in turn, all classes of a categorical factor and neighbours up to `reach` classes away of any
    other, then neighbours in two factors at once, at full resolution. The finest factor comes first: a coarse step can make up for
    fine ones that lack, and leads astray. Then pictures climb down from what their neighbours in the sequence read as, where that
    is far from their own answer: the pictures of a strip are alike. Each climb has at most `passes`.
    Values between classes are the bottom of the parabola through the best class and its neighbours; a picture of the dataset
    itself reads as its own classes.
    """

    version: ClassVar[int] = 2
    bank: Count
    pool: Count
    components: Count
    passes: Count
    reach: Count

    def on(self, dataset: Dataset) -> "Matcher":
        """The reader of a dataset's factors."""
        size = len(dataset)
        index = np.arange(size) if size <= self.bank else np.random.default_rng(0).choice(size, self.bank, replace=False)
        categorical = [i for i, factor in enumerate(dataset.factors) if factor.kind == "categorical"]
        _, context, counts = np.unique(dataset.classes(index)[:, categorical], axis=0, return_inverse=True, return_counts=True)
        index = index[np.argsort(context.ravel(), kind="stable")]
        parts = [pooled(dataset.images(index[i : i + CHUNK]), self.pool) for i in range(0, len(index), CHUNK)]
        ends = np.cumsum(counts).tolist()
        contexts = tuple(slice(end - count, end) for end, count in zip(ends, counts.tolist(), strict=True))
        bank = np.concatenate(parts)
        axes = principal(bank, self.components)
        return Matcher(self, dataset, dataset.classes(index), axes, bank @ axes, contexts)


@dataclass(frozen=True)
class Matcher:
    """A bank of pictures with known classes, ready to compare with. `contexts` are spans of equal categorical classes."""

    settings: Matching
    dataset: Dataset
    classes: Int[ndarray, "bank factors"]
    axes: Float32[ndarray, "features components"]
    bank: Float32[ndarray, "bank components"]
    contexts: tuple[slice, ...]

    def __call__(self, pictures: Pictures) -> Reading:
        """Read pictures; equal ones are read once."""
        if not len(pictures):
            empty = np.zeros((0, len(self.dataset.factors)))
            return Reading(empty.astype(np.int64), empty, np.zeros(0))
        flat = np.ascontiguousarray(pictures.reshape(len(pictures), -1))
        _, first, where = np.unique(flat.view(f"V{flat.shape[1]}"), return_index=True, return_inverse=True)
        order = np.argsort(first)  # in the sequence of the call, so that neighbours are alike
        distinct = pictures[first[order]]
        parts = [self._read(distinct[i : i + CHUNK]) for i in range(0, len(distinct), CHUNK)]
        place = np.argsort(order)[where.ravel()]
        return Reading(*(np.concatenate(part)[place] for part in zip(*parts, strict=True)))

    def _read(self, pictures: Pictures) -> Reading:
        apart, passes = self._apart(pictures), self.settings.passes
        best = _Match(self.classes[np.zeros(len(pictures), np.int64)], np.full(len(pictures), np.inf))
        for span in self.contexts:
            start = self.classes[span][apart[:, span].argmin(1)]
            best.take(*self._descended(pictures, start, self._singles, 1))
        best.take(*self._descended(pictures, best.classes, self._singles + self._pairs, passes))
        for shift in (1, -1) * passes:
            offered = np.roll(best.classes, shift, axis=0)
            far = np.flatnonzero(self._far(offered, best.classes) & (best.misfit > 0))
            best.take(*self._descended(pictures[far], offered[far], self._singles + self._pairs, passes), far)
        return Reading(best.classes, self._between(pictures, best), best.misfit)

    def _apart(self, pictures: Pictures) -> Float32[ndarray, "n bank"]:
        apart: Float32[ndarray, "n bank"] = pooled(pictures, self.settings.pool) @ self.axes @ (-2 * self.bank.T)
        apart += np.square(self.bank).sum(1)
        return apart

    def _descended(self, pictures: Pictures, start: Classes, moves: Sequence[Move], passes: int) -> "_Match":
        match = _Match(start.copy(), self._misfit(pictures, start))
        live = np.flatnonzero(match.misfit)
        known = np.full((1 + passes * len(moves), len(pictures)), -1, np.int64)  # what was compared: no picture is drawn twice
        known[0] = self.dataset.index(start)
        for turn in range(passes):
            before = match.misfit[live]
            for i, move in enumerate(moves, 1 + turn * len(moves)):
                tried = self._moved(match.classes[live], move)
                index = self.dataset.index(tried)
                new = (known[:i, live] != index).all(0)
                known[i, live] = index
                match.take(tried[new], self._misfit(pictures[live[new]], tried[new]), live[new])
            live = live[match.misfit[live] < before]
        return match

    @cached_property
    def _singles(self) -> tuple[Move, ...]:
        found: list[Move] = []
        sizes = [len(factor.values) for factor in self.dataset.factors]
        for column in sorted(range(len(sizes)), key=lambda k: -sizes[k]):
            factor, size = self.dataset.factors[column], sizes[column]
            near = [sign * step for step in range(1, min(self.settings.reach, size - 1) + 1) for sign in (1, -1)]
            found += [((column, offset),) for offset in (range(1, size) if factor.kind == "categorical" else near)]
        return tuple(found)

    @cached_property
    def _pairs(self) -> tuple[Move, ...]:
        signs = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
        return tuple(((a, i), (b, j)) for a, b in combinations(self._smooth, 2) for i, j in signs)

    @cached_property
    def _smooth(self) -> tuple[int, ...]:
        return tuple(k for k, f in enumerate(self.dataset.factors) if f.kind != "categorical" and len(f.values) > 2)

    def _moved(self, classes: Classes, move: Move) -> Classes:
        moved = classes.copy()
        for column, offset in move:
            factor = self.dataset.factors[column]
            size, target = len(factor.values), classes[:, column] + offset
            moved[:, column] = np.clip(target, 0, size - 1) if factor.kind == "ordered" else target % size
        return moved

    def _far(self, one: Classes, other: Classes) -> Bool[ndarray, " n"]:
        """Where two answers differ by more than a pass can mend."""
        apart = np.abs(one - other)
        for column, factor in enumerate(self.dataset.factors):
            if factor.kind == "periodic":
                apart[:, column] = np.minimum(apart[:, column], len(factor.values) - apart[:, column])
            if factor.kind == "categorical":
                apart[:, column] *= self.settings.reach + 1
        return np.asarray((apart > self.settings.reach).any(1))

    def _misfit(self, pictures: Pictures, classes: Classes) -> Float64[ndarray, " n"]:
        if not len(pictures):
            return np.zeros(0)
        drawn = self.dataset.images(self.dataset.index(classes))
        apart = (pictures.astype(np.int16) - drawn).reshape(len(pictures), -1).astype(np.float32)
        return np.asarray(np.einsum("ij,ij->i", apart, apart).astype(np.float64) / apart.shape[1])

    def _between(self, pictures: Pictures, match: "_Match") -> Float64[ndarray, "n factors"]:
        values = match.classes.astype(np.float64)
        inexact = np.flatnonzero(match.misfit)
        here = match.classes[inexact]
        for column in self._smooth:
            sides = [self._moved(here, ((column, offset),)) for offset in (-1, 1)]
            below, above = (self._misfit(pictures[inexact], side) for side in sides)
            bend = below + above - 2 * match.misfit[inexact]
            inside = (sides[0] != here).any(1) & (sides[1] != here).any(1) & (bend > 0)
            step = np.divide(below - above, 2 * bend, out=np.zeros_like(bend), where=inside)
            values[inexact, column] += np.clip(step, -0.5, 0.5)
        return values


class _Match(NamedTuple):
    """The best classes so far and how far they are from each picture."""

    classes: Classes
    misfit: Float64[ndarray, " n"]

    def take(self, classes: Classes, misfit: Float64[ndarray, " n"], rows: Int[ndarray, " n"] | None = None) -> None:
        """Keep what is nearer, for the pictures in `rows` (all by default)."""
        rows = np.arange(len(self.misfit)) if rows is None else rows
        better = misfit < self.misfit[rows]
        self.classes[rows[better]], self.misfit[rows[better]] = classes[better], misfit[better]
