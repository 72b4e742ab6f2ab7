"""The certainty of LatentExplainer (arXiv 2406.14862) as published: the mean cosine of word counts of two different answers."""

from collections.abc import Sequence
from typing import ClassVar

from bench.component import component
from bench.explainers.agreement import certainty, most_agreed, similarity
from bench.explainers.judgement import Judgement


@component
class BagOfWords:
    """Abstentions are answers like any other here, so that unanimous silence is certain, and opposite directions look alike."""

    version: ClassVar[int] = 1

    async def __call__(self, answers: Sequence[str], silent: Sequence[bool]) -> Judgement:
        del silent
        alike = similarity(answers)
        return Judgement(most_agreed(alike), certainty(alike))
