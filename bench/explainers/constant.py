"""The floor of a table for texts that never look: one sentence for every unit."""

from collections.abc import Sequence
from typing import ClassVar

from bench.artifacts import Explanation, Traversal
from bench.component import component
from bench.errors import ConfigError
from bench.explainers.prompt_bias import PromptBias


@component
class Constant:
    """Answers `text` whatever it is shown. It has no certainty: it does not know what it says."""

    version: ClassVar[int] = 1
    text: str

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ConfigError(f"text: expected a sentence, got {self.text!r}; to measure silence, score an explainer that abstains")

    def __call__(self, traversals: Sequence[Traversal], bias: PromptBias, seed: int) -> Explanation:  # noqa: ARG002
        """The same answer for every unit."""
        return Explanation(traversals[0].unit.name, self.text, answers=(self.text,))
