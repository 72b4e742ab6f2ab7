"""Moves units of a model, looks at the pictures, and reads the factors off them: what an explainer could see at best.

`n` counts references. A sweep visits `cells` combinations of values (one latent: its path) and a `path` on which all latents of
the unit go from low to high together.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from jaxtyping import Float32, Float64, Int
from numpy import ndarray

from bench.artifacts import Condition
from bench.interfaces import GenerativeModel
from bench.truth.matching import Matcher, Reading


@dataclass(frozen=True)
class Sweep:
    """What the pictures of one move show.

    `change` is that of the picture furthest from the first of the path, in grey levels a pixel."""

    cells: Reading
    path: Reading
    shape: tuple[int, ...]  # of the cells: one axis a latent
    change: Float64[ndarray, " n"]

    def values(self, of: Reading) -> Float64[ndarray, "n *cells factors"]:
        """The values read, one row a reference."""
        return of.values.reshape(self._places(of))

    def classes(self, of: Reading) -> Int[ndarray, "n *cells factors"]:
        """The classes read, one row a reference."""
        return of.classes.reshape(self._places(of))

    def _places(self, of: Reading) -> tuple[int, ...]:
        shape = self.shape if of is self.cells else (len(of.values) // len(self.change),)
        return (len(self.change), *shape, of.values.shape[-1])


def sweep(
    model: GenerativeModel,
    read: Matcher,
    anchors: Int[ndarray, " n"],
    references: Float32[ndarray, "n latents"],
    latents: tuple[int, ...],
    ends: Float64[ndarray, "latents ends"],
    steps: int,
    grid: int,
) -> Sweep:
    """Move `latents` between their `ends` (one pair for each latent of the model), from every reference."""
    low, high = ends[list(latents)].T
    path = low + np.linspace(0, 1, steps)[:, None] * (high - low)
    along = _rendered(model, anchors, references, latents, path)
    change = np.stack([_change(along[:, 0], along[:, step]) for step in range(1, steps)]).max(0)
    seen = read(along.reshape(-1, *along.shape[2:]))
    if len(latents) == 1:
        return Sweep(seen, seen, (steps,), change)
    corners = low + np.array(list(product(np.linspace(0, 1, grid), repeat=len(latents)))) * (high - low)
    spread = _rendered(model, anchors, references, latents, corners)
    return Sweep(read(spread.reshape(-1, *spread.shape[2:])), seen, (grid,) * len(latents), change)


def held(condition: Condition | None, codes: Float32[ndarray, "n latents"]) -> Float32[ndarray, "n latents"]:
    """The codes with what the condition holds put in place."""
    fixed = codes.copy()
    if condition is not None:
        fixed[:, list(condition.latents)] = condition.values
    return fixed


def _rendered(
    model: GenerativeModel,
    anchors: Int[ndarray, " n"],
    references: Float32[ndarray, "n latents"],
    latents: tuple[int, ...],
    cells: Float64[ndarray, "cells moved"],
) -> ndarray:
    codes = np.repeat(references[:, None], len(cells), axis=1)
    codes[:, :, list(latents)] = cells
    pictures = model.render(np.repeat(anchors, len(cells)), codes.reshape(-1, codes.shape[-1]))
    return pictures.reshape(len(anchors), len(cells), *pictures.shape[1:])


def _change(one: ndarray, other: ndarray) -> Float64[ndarray, " n"]:
    apart: Float64[ndarray, " n"] = np.abs(one.astype(np.int16) - other).reshape(len(one), -1).mean(1)
    return apart
