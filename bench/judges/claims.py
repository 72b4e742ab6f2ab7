"""What texts claim, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from bench.datasets.vocabulary import Vocabulary
from bench.metrics.statements import parse


@dataclass(frozen=True)
class Claims:
    """One row a text, one column a factor of the vocabulary.

    `signed` is +1 or -1 where the factor is said to rise or fall, `unsigned` is 1 where it is said to change and no direction is
    told; both are 0 elsewhere.
    """

    signed: Float64[ndarray, "texts factors"]
    unsigned: Float64[ndarray, "texts factors"]

    @property
    def count(self) -> Float64[ndarray, " texts"]:
        """How many factors each text says change."""
        return np.asarray((np.abs(self.signed) + self.unsigned).sum(1))


def claims(texts: Sequence[str], vocabulary: Vocabulary) -> Claims:
    """Read every text; see `bench.metrics.statements.parse` for what can be read."""
    columns = {words.factor: k for k, words in enumerate(vocabulary.factors)}
    signed, unsigned = np.zeros((2, len(texts), len(columns)))
    for row, text in enumerate(texts):
        for factor, sign in parse(text, vocabulary).items():
            (unsigned if sign is None else signed)[row, columns[factor]] = sign or 1
    return Claims(signed, unsigned)
