"""A control with every direction the wrong way round: the oracle's answer with its signs turned."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from bench.artifacts import Effect, Explanation, Truth
from bench.component import component
from bench.datasets.vocabulary import Vocabulary
from bench.explainers.oracle import Oracle


@component
class Flipped:
    """Names the true factors and turns each direction. It abstains where no factor has a direction: nothing would be wrong."""

    version: ClassVar[int] = 1

    def from_truth(self, truths: Sequence[Truth], vocabulary: Vocabulary, seed: int) -> list[Explanation]:
        """One explanation per truth, in order."""
        return Oracle().from_truth([_turned(truth) for truth in truths], vocabulary, seed)


def _turned(truth: Truth) -> Truth:
    if all(effect.sign is None for effect in truth.effects):
        return replace(truth, effects=())
    return replace(truth, effects=tuple(map(_opposite, truth.effects)))


def _opposite(effect: Effect) -> Effect:
    match effect.sign:
        case 1:
            return replace(effect, sign=-1)
        case -1:
            return replace(effect, sign=1)
        case _:
            return effect
