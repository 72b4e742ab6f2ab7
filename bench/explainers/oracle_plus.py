"""A control that makes something up: the oracle's answer and one factor that the unit does not change."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from bench.artifacts import Effect, Explanation, Truth
from bench.component import component
from bench.datasets.vocabulary import Vocabulary
from bench.explainers.oracle import Oracle


@component
class OraclePlus:
    """Says the truth and one false factor, drawn by the seed with a direction where the factor has one.

    It abstains on inactive units, and where every factor of the vocabulary is true.
    """

    version: ClassVar[int] = 1

    def from_truth(self, truths: Sequence[Truth], vocabulary: Vocabulary, seed: int) -> list[Explanation]:
        """One explanation per truth, in order."""
        generator = np.random.default_rng(seed)
        return Oracle().from_truth([_with_one_more(truth, vocabulary, generator) for truth in truths], vocabulary, seed)


def _with_one_more(truth: Truth, vocabulary: Vocabulary, generator: np.random.Generator) -> Truth:
    false = [words.factor for words in vocabulary.factors if words.factor not in truth.factors]
    if not truth.effects or not false:
        return replace(truth, effects=())
    factor, rises = false[int(generator.integers(len(false)))], bool(generator.integers(2))
    undirected = factor not in vocabulary.directed
    return replace(truth, effects=(*truth.effects, Effect(factor, 0.0, None if undirected else 1 if rises else -1)))
