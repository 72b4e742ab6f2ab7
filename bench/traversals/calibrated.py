"""Steps as wide as it takes to see something: how far a unit is moved is chosen so that its ends differ by a target change."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Int
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Traversal, Unit
from bench.component import component
from bench.interfaces import GenerativeModel
from bench.traversals.axis import Axis
from bench.traversals.conditional import Conditional
from bench.traversals.group import Group
from bench.traversals.sheet import held, moved

PROBES = 11  # first number of the seed of the reference codes that are tried, apart from those that moves draw with
HALVINGS = 12


@component
class Calibrated:
    """Other moves with their `values` scaled, unit by unit, by one factor in (0, `most`].

    The factor is the smallest at which the pictures at the lowest and the highest value differ by `target`, the mean difference of
    pixels as a share of the whole range, on the mean of `probes` reference codes of its own, with a unit's latents moved together.
    A unit that never differs by that much is moved by `most` times the values. Bisection takes the change to rise with the factor.
    Moves with clamps are not among `moves`: they draw a clamp from the values themselves.
    """

    version: ClassVar[int] = 1

    moves: Axis | Group | Conditional
    target: Annotated[float, Field(gt=0, le=1)]
    most: Annotated[float, Field(gt=0)]
    probes: Annotated[int, Field(ge=1)]

    @property
    def references(self) -> int:
        """Traversals shown to explainers."""
        return self.moves.references

    @property
    def held_out(self) -> int:
        """Traversals kept for scoring."""
        return self.moves.held_out

    def __call__(self, model: GenerativeModel, unit: Unit, anchors: Int[ndarray, " n"]) -> Sequence[Traversal]:
        factor = self.factor(model, unit)
        return replace(self.moves, values=tuple(factor * value for value in self.moves.values))(model, unit, anchors)

    def factor(self, model: GenerativeModel, unit: Unit) -> float:
        """By how much the values are scaled for this unit."""
        low, high = 0.0, self.most
        if self._change(model, unit, high) < self.target:
            return high
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (low, middle) if self._change(model, unit, middle) >= self.target else (middle, high)
        return high

    def _change(self, model: GenerativeModel, unit: Unit, factor: float) -> float:
        ends = (factor * min(self.moves.values), factor * max(self.moves.values))
        starts = [held(code, unit.condition) for code in model.codes(self._anchors)]
        codes = np.concatenate([moved(start, unit.latents, ends) for start in starts])
        images = model.render(np.repeat(self._anchors, 2), codes).reshape(len(starts), 2, -1).astype(np.int16)
        return float(np.abs(images[:, 1] - images[:, 0]).mean()) / 255.0

    @cached_property
    def _anchors(self) -> Int[ndarray, " n"]:
        """The same for every unit, so that factors of units can be compared."""
        return np.random.default_rng(PROBES).choice(2**31, size=self.probes, replace=False)
