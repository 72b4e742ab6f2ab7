"""Each latent of a unit moved alone, then all of them together, so that what only the group can do becomes visible."""

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
class Group:
    """Moves for the combination bias: one row a latent, and a last row that takes all latents from low to high together.

    A unit of one latent has one row. The joint row is the diagonal from the lowest to the highest corner: it passes through the
    middle as the single rows do, takes as many steps, and is the only path on which no latent of the group rests.
    """

    version: ClassVar[int] = 1
    values: tuple[float, ...]
    references: int
    held_out: int

    def __call__(self, model: GenerativeModel, unit: Unit, anchors: Int[ndarray, " n"]) -> Sequence[Traversal]:
        paths: list[tuple[int, ...]] = [(latent,) for latent in unit.latents]
        paths += [unit.latents] if len(unit.latents) > 1 else []
        sheets = []
        for anchor, code in zip(anchors.tolist(), model.codes(anchors), strict=True):
            reference = held(code, unit.condition)
            codes = np.stack([moved(reference, path, self.values) for path in paths])
            sheets.append(Sheet(anchor, reference, tuple(Row(path) for path in paths), codes))
        return decode(model, unit, sheets)
