"""The same latents moved under a condition and under its contrasts."""

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
class Conditional:
    """Moves for the conditional bias: one row a latent under the unit's condition, then the same under each contrast.

    A unit without a condition is moved as its reference stands. All else is equal in all rows.
    """

    version: ClassVar[int] = 1
    values: tuple[float, ...]
    references: int
    held_out: int

    def __call__(self, model: GenerativeModel, unit: Unit, anchors: Int[ndarray, " n"]) -> Sequence[Traversal]:
        contexts = (unit.condition, *unit.contrasts)
        rows = tuple(Row((latent,), context) for context in contexts for latent in unit.latents)
        sheets = []
        for anchor, code in zip(anchors.tolist(), model.codes(anchors), strict=True):
            codes = np.stack([moved(held(code, row.held), row.moved, self.values) for row in rows])
            sheets.append(Sheet(anchor, held(code, unit.condition), rows, codes))
        return decode(model, unit, sheets)
