"""A control that leaves something out: the oracle's answer without one true factor."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from bench.artifacts import Explanation, Truth
from bench.component import component
from bench.datasets.vocabulary import Vocabulary
from bench.explainers.oracle import Oracle


@component
class OracleMinus:
    """Says the truth but for one factor, drawn by the seed. It abstains where fewer than two are true: nothing would be left."""

    version: ClassVar[int] = 1

    def from_truth(self, truths: Sequence[Truth], vocabulary: Vocabulary, seed: int) -> list[Explanation]:
        """One explanation per truth, in order."""
        generator = np.random.default_rng(seed)
        return Oracle().from_truth([_without_one(truth, generator) for truth in truths], vocabulary, seed)


def _without_one(truth: Truth, generator: np.random.Generator) -> Truth:
    left_out = int(generator.integers(max(len(truth.effects), 1)))  # drawn for every unit, so that units do not sway each other
    kept = truth.effects[:left_out] + truth.effects[left_out + 1 :]
    return replace(truth, effects=kept)
