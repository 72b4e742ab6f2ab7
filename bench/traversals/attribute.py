"""Directions of attributes: from a code drawn from the prior, step by step along mean with the attribute minus mean without.

Source: LatentExplainer (arXiv 2406.14862), which draws w from N(0, I); here it is drawn from the model's own prior.
"""

from collections.abc import Sequence
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32, Int
from numpy import ndarray

from bench.artifacts import Row, Traversal, Unit
from bench.component import component
from bench.errors import ConfigError
from bench.interfaces import GenerativeModel, Moves
from bench.traversals.sheet import Sheet, decode, held


@runtime_checkable
class Directed(Protocol):
    """A model with latents that move a code along directions, 1 being the length of a direction; `draws` are from its prior."""

    @property
    def directions(self) -> tuple[int, ...]: ...
    def draws(self, anchors: Int[ndarray, " n"]) -> Float32[ndarray, "n latents"]: ...


@component
class AttributeDirection:
    """A unit whose latents are directions moves by each of `values` times their length; all other units move as `others` does.

    `values` count from the code that was drawn, so that 0 is that code. Both moves give as many traversals. Raises `ConfigError`
    for a model without directions.
    """

    version: ClassVar[int] = 1
    values: tuple[float, ...]
    others: Moves

    @property
    def references(self) -> int:
        """Those of the other moves."""
        return self.others.references

    @property
    def held_out(self) -> int:
        """Those of the other moves."""
        return self.others.held_out

    def __call__(self, model: GenerativeModel, unit: Unit, anchors: Int[ndarray, " n"]) -> Sequence[Traversal]:
        if not isinstance(model, Directed):
            raise ConfigError(f"expected a model with directions of attributes such as csvae, got {type(model).__name__}")
        if not set(unit.latents) <= set(model.directions):
            return self.others(model, unit, anchors)
        sheets = []
        for anchor, code in zip(anchors.tolist(), model.draws(anchors), strict=True):
            reference = held(code, unit.condition)
            codes = np.repeat(reference[None], len(self.values), axis=0)
            codes[:, list(unit.latents)] += np.array(self.values, np.float32)[:, None]
            sheets.append(Sheet(anchor, reference, (Row(unit.latents),), codes[None]))
        return decode(model, unit, sheets)
