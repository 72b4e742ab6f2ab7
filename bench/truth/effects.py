"""What a move does to each factor, measured on positions over many references. No pictures are needed.

`n` counts references; a move visits `cells` combinations of values; positions lie in [0, 1].
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int
from numpy import ndarray

Sign = Literal[-1, 1]


@runtime_checkable
class KnownMap(Protocol):
    """A model that can say where the factors stand for any code."""

    def codes(self, anchors: Int[ndarray, " n"]) -> Float32[ndarray, "n latents"]: ...
    def positions(self, anchors: Int[ndarray, " n"], codes: Float32[ndarray, "n latents"]) -> Float64[ndarray, "n factors"]: ...


@dataclass(frozen=True)
class Effects:
    """The visible effect of one move at each reference.

    `variances` are those of the positions along the move; `directions` are +1 where a factor only rises from low to high, -1
    where it only falls, else 0; `interaction` is the part of all variance that no latent has on its own.
    """

    variances: Float64[ndarray, "n factors"]
    directions: Int[ndarray, "n factors"]
    interaction: float

    @property
    def acts(self) -> Bool[ndarray, " n"]:
        """Where anything changes at all."""
        return np.asarray(self.variances.any(1))

    @property
    def shares(self) -> Float64[ndarray, " factors"]:
        """The share of each factor in the whole effect, averaged over references; zeros when there is none."""
        mean = self.variances.mean(0)
        return np.asarray(mean / (mean.sum() or 1.0))

    @property
    def leanings(self) -> Float64[ndarray, " factors"]:
        """Share of references with a rise minus that with a fall, among those where the factor changes; 0 where none does."""
        return np.asarray(self.directions.sum(0) / np.maximum((self.variances > 0).sum(0), 1))

    def agreeing(self, sign: Sign) -> Float64[ndarray, " factors"]:
        """Share of references in which a factor goes in direction `sign` only, among those where it changes."""
        return np.asarray((self.directions == sign).sum(0) / np.maximum((self.variances > 0).sum(0), 1))

    def profile(self, where: Bool[ndarray, " n"]) -> Float64[ndarray, "signs factors"]:
        """Mean variance of each factor in some of the references, apart for rise, fall and neither."""
        variances, directions = self.variances[where], self.directions[where]
        return np.stack([np.where(directions == sign, variances, 0.0).mean(0) for sign in (-1, 0, 1)])


def measured(
    model: KnownMap,
    anchors: Int[ndarray, " n"],
    references: Float32[ndarray, "n latents"],
    latents: tuple[int, ...],
    values: Float64[ndarray, " values"],
    diagonal: Float64[ndarray, " steps"],
) -> Effects:
    """The effect of moving `latents` over all combinations of `values`; directions are those of the common `diagonal`."""
    corners = np.array(list(product(values, repeat=len(latents))))
    reached = _positions(model, anchors, references, latents, corners)
    path = _positions(model, anchors, references, latents, np.repeat(diagonal[:, None], len(latents), axis=1))
    variances = reached.var(1)
    variances[np.ptp(reached, axis=1) == 0] = 0.0  # rounding leaves a trace of variance on equal numbers
    grid = reached.reshape(len(anchors), *[len(values)] * len(latents), -1)
    return Effects(variances, _directions(path), _interaction(grid, variances))


def distance(one: Float64[ndarray, "signs factors"], other: Float64[ndarray, "signs factors"]) -> float:
    """Bray-Curtis distance of two profiles: 0 for the same effect, 1 for effects that have nothing in common."""
    return float(np.abs(one - other).sum() / ((one + other).sum() or 1.0))


def contexts(
    effects: Effects, positions: Float64[ndarray, "n factors"], factors: Mapping[str, int], least: int
) -> dict[str, float]:
    """For each of `factors`: how far the effect differs between two of its values, at most.

    Skips factors that the move itself changes, and values that fewer than `least` references have.
    """
    found = {}
    for name, column in factors.items():
        masks = [positions[:, column] == value for value in np.unique(positions[:, column])]
        profiles = [effects.profile(mask) for mask in masks if mask.sum() >= least]
        if len(profiles) > 1 and not effects.variances[:, column].any():
            found[name] = max(distance(one, other) for one in profiles for other in profiles)
    return found


def _positions(
    model: KnownMap,
    anchors: Int[ndarray, " n"],
    references: Float32[ndarray, "n latents"],
    latents: tuple[int, ...],
    cells: Float64[ndarray, "cells moved"],
) -> Float64[ndarray, "n cells factors"]:
    codes = np.repeat(references[:, None], len(cells), axis=1)
    codes[:, :, list(latents)] = cells
    positions = model.positions(np.repeat(anchors, len(cells)), codes.reshape(-1, codes.shape[-1]))
    return positions.reshape(len(anchors), len(cells), -1)


def _directions(path: Float64[ndarray, "n steps factors"]) -> Int[ndarray, "n factors"]:
    steps = np.diff(path, axis=1)
    rises, falls = (steps > 0).any(1), (steps < 0).any(1)
    return np.asarray(rises.astype(np.int64) - falls)


def _interaction(grid: Float64[ndarray, "n *cells factors"], variances: Float64[ndarray, "n factors"]) -> float:
    # Analysis of variance on the balanced grid: main effects are variances of the means over all other latents.
    axes = range(1, grid.ndim - 1)
    mains = sum(grid.mean(tuple(other for other in axes if other != axis)).var(1).sum() for axis in axes)
    return float(1 - mains / total) if (total := variances.sum()) else 0.0
