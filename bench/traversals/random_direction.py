"""A control for metrics that look at pictures: strips along a direction that has nothing to do with the unit."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from jaxtyping import Float32, Int
from numpy import ndarray

from bench.artifacts import Row, Traversal, Unit
from bench.component import component
from bench.interfaces import GenerativeModel
from bench.traversals.sheet import Sheet, decode, held


@component
class RandomDirection:
    """Moves all latents together along a direction drawn uniformly by `seed` for the unit, the same from every reference code.

    `values` are distances from the reference code, in standard deviations of the prior; a direction has length 1. No explanation
    of the unit is about these strips, so one that is scored by them has nothing to be right about.
    """

    version: ClassVar[int] = 1
    values: tuple[float, ...]
    references: int
    held_out: int
    seed: int

    def __call__(self, model: GenerativeModel, unit: Unit, anchors: Int[ndarray, " n"]) -> Sequence[Traversal]:
        along = np.array(self.values, np.float32)[:, None] * _direction(model.latents, [self.seed, *unit.latents])
        row = Row(tuple(range(model.latents)))
        codes = [held(code, unit.condition) for code in model.codes(anchors)]
        sheets = [Sheet(a, code, (row,), (code + along)[None]) for a, code in zip(anchors.tolist(), codes, strict=True)]
        return decode(model, unit, sheets)


def _direction(latents: int, seed: Sequence[int]) -> Float32[ndarray, " latents"]:
    drawn = np.random.default_rng(seed).standard_normal(latents)
    return (drawn / np.linalg.norm(drawn)).astype(np.float32)
