"""Certainty by what answers mean: the mean cosine of their sentence embeddings, 0 for answers that tell opposite directions."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from bench.component import component
from bench.explainers.agreement import certainty, most_agreed
from bench.explainers.judgement import Judgement, speaking
from bench.explainers.polarity import Polarity
from bench.interfaces import TextEncoder


@component
class SentenceAgreement:
    """As in LatentExplainer, with embeddings for word counts, and only of the answers that do not abstain.

    Cosines below 0 count as 0. `polarity` may be `None`: then opposite directions agree as far as their embeddings do.
    """

    version: ClassVar[int] = 1

    encoder: TextEncoder
    polarity: Polarity | None

    async def __call__(self, answers: Sequence[str], silent: Sequence[bool]) -> Judgement:
        places = speaking(silent)
        if not places:
            return Judgement(None, None)
        said = [answers[place] for place in places]
        vectors = self.encoder(said).astype(np.float64)
        alike = np.clip(vectors @ vectors.T, 0.0, 1.0)
        if self.polarity is not None:
            alike = np.where(self.polarity.opposed(said), 0.0, alike)
        return Judgement(places[most_agreed(alike)], certainty(alike))
