"""A control that is never wrong and says nothing: something changes."""

from collections.abc import Sequence
from typing import ClassVar

from bench.artifacts import Explanation, Truth
from bench.component import component
from bench.datasets.vocabulary import Vocabulary


@component
class Generic:
    """Says of every active unit that the subject of the pictures changes ("The object changes."), and abstains on inactive ones."""

    version: ClassVar[int] = 1

    def from_truth(self, truths: Sequence[Truth], vocabulary: Vocabulary, seed: int) -> list[Explanation]:  # noqa: ARG002
        """One explanation per truth, in order."""
        text = f"{vocabulary.subject[:1].upper()}{vocabulary.subject[1:]} changes."
        return [Explanation(t.unit, text, answers=(text,)) if t.effects else Explanation(t.unit, None) for t in truths]
