"""The steps of a strip in another order: does an explainer look at the order at all?"""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from bench.artifacts import Traversal, Unit
from bench.component import component
from bench.interfaces import GenerativeModel, Moves


@component
class Reordered:
    """The traversals of `moves`, each with its steps reversed, or shuffled by `seed` and its anchor. Codes go with their pictures.

    Steps then do not go from low to high values: a good explainer turns every direction it tells of a reversed strip, so metrics of
    direction, which know the truth of the strip as it was, are upside down: compare with `latentbench sensitivity`. A shuffled
    strip is never in order, forward or backward, unless it has fewer than three steps.
    """

    version: ClassVar[int] = 1
    moves: Moves
    order: Literal["reversed", "shuffled"]
    seed: int

    @property
    def references(self) -> int:
        """Those of the moves."""
        return self.moves.references

    @property
    def held_out(self) -> int:
        """Those of the moves."""
        return self.moves.held_out

    def __call__(self, model: GenerativeModel, unit: Unit, anchors: Int[ndarray, " n"]) -> Sequence[Traversal]:
        return tuple(map(self._reordered, self.moves(model, unit, anchors)))

    def _reordered(self, strip: Traversal) -> Traversal:
        steps = strip.codes.shape[1]
        order = np.arange(steps)[::-1] if self.order == "reversed" else _shuffled(steps, [self.seed, strip.anchor])
        return replace(strip, codes=strip.codes[:, order].copy(), images=strip.images[:, order].copy())


def _shuffled(steps: int, seed: Sequence[int]) -> Int[ndarray, " steps"]:
    """A permutation that is neither forward nor backward; of fewer than three steps there is none."""
    generator = np.random.default_rng(seed)
    order = generator.permutation(steps)
    while steps > 2 and len(set(np.sign(np.diff(order)).tolist())) == 1:
        order = generator.permutation(steps)
    return order
