"""Each latent of a unit moved alone, all else held: one row a latent."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from bench.artifacts import Row, Traversal, Unit
from bench.component import component
from bench.interfaces import GenerativeModel
from bench.traversals.sheet import Sheet, decode, held, moved


@component
class Axis:
    """The plain latent traversal. A unit's condition holds in the reference code; its contrasts are not shown.

    `values` are in units of the prior's standard deviation, from low to high.
    """

    version: ClassVar[int] = 1
    values: tuple[float, ...]
    references: int
    held_out: int

    def __call__(self, model: GenerativeModel, unit: Unit, anchors: Int[ndarray, " n"]) -> Sequence[Traversal]:
        sheets = []
        for anchor, code in zip(anchors.tolist(), model.codes(anchors), strict=True):
            reference = held(code, unit.condition)
            codes = np.stack([moved(reference, (latent,), self.values) for latent in unit.latents])
            sheets.append(Sheet(anchor, reference, tuple(Row((latent,)) for latent in unit.latents), codes))
        return decode(model, unit, sheets)
