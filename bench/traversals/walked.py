"""Directions of a diffusion model moved from the picture, and again from where a walk along another direction led.

Source: LatentExplainer (arXiv 2406.14862), which walks the last direction, or the one before it where the last is explained; here
the other direction and its way are drawn for each reference by default, so that no single one decides what the second row shows.
"""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32, Int
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Condition, Row, Traversal, Unit
from bench.component import component
from bench.errors import ConfigError
from bench.interfaces import GenerativeModel
from bench.traversals.paired import ELSEWHERE
from bench.traversals.sheet import Sheet, decode, held, moved

WALKS = 15  # first number of the seed, apart from those that models draw codes with


@runtime_checkable
class Directed(Protocol):
    """A model whose latents are coordinates along `rank` directions, and latent `rank + i` walks direction i before the others."""

    @property
    def rank(self) -> int: ...


@component
class Walked:
    """Moves for the disentanglement bias on diffusion models: for each direction its plain row, then `walks` rows after a walk.

    A walk is of length `length` along another direction, the same for all frames. `other` "drawn" takes direction and sign from
    the anchor; "last" takes the last direction that the unit does not move, forward. Raises `ConfigError` for a model without
    directions, or with too few.
    """

    version: ClassVar[int] = 1
    values: tuple[float, ...]
    references: int
    held_out: int
    walks: Annotated[int, Field(gt=0)]
    length: Annotated[float, Field(gt=0)]
    other: Literal["drawn", "last"]

    def __call__(self, model: GenerativeModel, unit: Unit, anchors: Int[ndarray, " n"]) -> Sequence[Traversal]:
        if not isinstance(model, Directed):
            raise ConfigError(f"Walked needs the directions of a diffusion model, got {type(model).__name__}; choose other moves")
        codes = model.codes(anchors)
        pairs = zip(anchors.tolist(), codes, strict=True)
        return decode(model, unit, [self._sheet(model.rank, unit, anchor, code) for anchor, code in pairs])

    def _sheet(self, rank: int, unit: Unit, anchor: int, code: Float32[ndarray, " latents"]) -> Sheet:
        reference = held(code, unit.condition)
        rows = tuple(Row((latent,), walk) for latent in unit.latents for walk in (None, *self._walks(rank, unit, latent, anchor)))
        codes = np.stack([moved(held(reference, row.held), row.moved, self.values) for row in rows])
        return Sheet(anchor, reference, rows, codes)

    def _walks(self, rank: int, unit: Unit, latent: int, anchor: int) -> list[Condition]:
        others = [i for i in range(rank) if i not in unit.latents]
        if len(others) < self.walks:
            raise ConfigError(
                f"expected {self.walks} directions beside unit {unit.name}, the model has {len(others)}; raise `rank`"
            )
        if self.other == "last":
            return [Condition(ELSEWHERE, (rank + other,), (self.length,)) for other in others[-self.walks :]]
        rng = np.random.default_rng([WALKS, anchor, latent])
        drawn = rng.choice(others, self.walks, replace=False).tolist()
        return [Condition(ELSEWHERE, (rank + other,), (self.length * float(rng.choice([-1, 1])),)) for other in drawn]
