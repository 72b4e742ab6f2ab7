"""Nothing moves: the model's own picture of the reference, for units that are not about a change."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from jaxtyping import Int
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Row, Traversal, Unit
from bench.component import component
from bench.interfaces import GenerativeModel
from bench.traversals.sheet import Sheet, decode, held


@component
class Still:
    """One row of one step: what a VAE makes of the anchor's picture, under the unit's condition."""

    version: ClassVar[int] = 1
    references: Annotated[int, Field(gt=0)]
    held_out: Annotated[int, Field(gt=0)]

    def __call__(self, model: GenerativeModel, unit: Unit, anchors: Int[ndarray, " n"]) -> Sequence[Traversal]:
        codes = [held(code, unit.condition) for code in model.codes(anchors)]
        sheets = [Sheet(anchor, code, (Row(()),), code[None, None]) for anchor, code in zip(anchors.tolist(), codes, strict=True)]
        return decode(model, unit, sheets)
