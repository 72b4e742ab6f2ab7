"""The ceiling of every table: says the truth."""

from collections.abc import Sequence
from typing import ClassVar

from bench.artifacts import Explanation, Truth
from bench.component import component
from bench.datasets.vocabulary import Vocabulary
from bench.truth.wording import sentences


@component
class Oracle:
    """Answers each unit with the plainest sentence of its truth, and abstains on inactive units; always certain."""

    version: ClassVar[int] = 2

    def from_truth(self, truths: Sequence[Truth], vocabulary: Vocabulary, seed: int) -> list[Explanation]:  # noqa: ARG002
        """One explanation per truth, in order."""
        return [_answer(truth, vocabulary) for truth in truths]


def _answer(truth: Truth, vocabulary: Vocabulary) -> Explanation:
    said = sentences(truth, vocabulary)[:1]
    return Explanation(truth.unit, said[0] if said else None, answers=said, certainty=1.0)
