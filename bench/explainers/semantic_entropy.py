"""Certainty by semantic entropy: answers of one meaning form a cluster, and many clusters of equal size mean no certainty.

Source: Kuhn, Gal & Farquhar 2023 (arXiv 2302.09664); the discrete form of Farquhar et al. 2024 (Nature 630), which needs no
probabilities of tokens: a cluster's probability is its share of the answers.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool
from numpy import ndarray

from bench.component import component
from bench.explainers.judgement import Judgement, speaking
from bench.explainers.polarity import Polarity
from bench.interfaces import TextEncoder


@runtime_checkable
class Meaning(Protocol):
    """Says which answers mean the same."""

    async def same(self, answers: Sequence[str]) -> Bool[ndarray, "n n"]: ...


@component
class NearMeaning:
    """Answers mean the same when the cosine of their sentence embeddings is at least `threshold`."""

    version: ClassVar[int] = 1

    encoder: TextEncoder
    threshold: float

    async def same(self, answers: Sequence[str]) -> Bool[ndarray, "n n"]:
        vectors = self.encoder(answers).astype(np.float64)
        near: ndarray = vectors @ vectors.T >= self.threshold
        return near | np.eye(len(vectors), dtype=bool)


@component
class SemanticEntropy:
    """1 - H / ln n of the n answers that do not abstain; keeps the first answer of the largest cluster.

    Answers that tell opposite directions never mean the same, unless `polarity` is `None`.
    """

    version: ClassVar[int] = 1

    meaning: Meaning
    polarity: Polarity | None

    async def __call__(self, answers: Sequence[str], silent: Sequence[bool]) -> Judgement:
        places = speaking(silent)
        if not places:
            return Judgement(None, None)
        said = [answers[place] for place in places]
        same = await self.meaning.same(said)
        if self.polarity is not None:
            same = same & ~self.polarity.opposed(said)
        leaders = clusters(same)
        largest, _ = Counter(leaders).most_common(1)[0]
        return Judgement(places[largest], one_meaning(leaders))


def clusters(same: Bool[ndarray, "n n"]) -> list[int]:
    """For each answer the first member of its cluster: the earliest one with which it agrees, both ways, else itself."""
    leaders: list[int] = []
    for place in range(len(same)):
        heads = (head for head in dict.fromkeys(leaders) if same[place, head] and same[head, place])
        leaders.append(next(heads, place))
    return leaders


def one_meaning(leaders: Sequence[int]) -> float | None:
    """1 when all answers are of one cluster, 0 when each has its own; `None` for fewer than two answers."""
    n = len(leaders)
    if n < 2:
        return None
    entropy = -sum(size / n * math.log(size / n) for size in Counter(leaders).values())
    return min(1.0, max(0.0, 1.0 - entropy / math.log(n)))
