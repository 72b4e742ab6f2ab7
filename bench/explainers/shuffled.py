"""The floor of a table for texts that are right about something: true answers, dealt to the wrong units."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from bench.artifacts import Explanation, Truth
from bench.component import component
from bench.datasets.vocabulary import Vocabulary
from bench.explainers.oracle import Oracle


@component
class Shuffled:
    """Deals the oracle's answers, abstentions among them, so that no unit gets its own; each such deal is equally likely.

    A single unit keeps its answer: there is nobody to swap with.
    """

    version: ClassVar[int] = 2

    def from_truth(self, truths: Sequence[Truth], vocabulary: Vocabulary, seed: int) -> list[Explanation]:
        """One explanation per truth, in order; the seed decides the deal."""
        own = Oracle().from_truth(truths, vocabulary, seed)
        dealt = derangement(len(own), seed).tolist()
        return [replace(own[other], unit=truth.unit) for truth, other in zip(truths, dealt, strict=True)]


def derangement(n: int, seed: int) -> Int[ndarray, " n"]:
    """A uniform draw from the permutations that leave nothing in place (the identity where there is none: n < 2)."""
    generator = np.random.default_rng(seed)
    order = np.arange(n)
    # About 1 draw in e succeeds, and redrawing until then keeps the draw uniform.
    while n > 1 and (order == np.arange(n)).any():
        order = generator.permutation(n)
    return order
