"""CIDEr-D: agreement with references in n-grams that tell units apart (Vedantam et al. 2015, arXiv 1411.5726)."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import ClassVar, Literal, NamedTuple

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.told import Over, pooled, references, told
from bench.metrics.words import words

LONGEST = 4  # words of an n-gram
SIGMA = 6.0  # of the penalty for a difference in length

Grams = Mapping[tuple[str, ...], int]


@component
class Cider:
    """10 × mean over n = 1 to 4 of the clipped cosine of tf-idf n-grams × length penalty: higher is better, 0 to 10.

    The value is the mean of the cell. An n-gram weighs by how few of its units have it among their references, so that words which
    fit every unit count nothing. `over` takes the mean over references, as published, or the best. Units without an answer are left
    out of the mean, and count in the weights. `None` when fewer than two units have references, or no such unit an answer. Ceiling:
    10 with the best reference; with the mean, what one reference scores against all, 2.9 on dSprites. Floor: 0; answers about other
    factors score 0.04. A synonym is a miss, and cells with other units are not comparable: the weights differ.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "cell"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 10.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"omissions", "additions", "directions", "texts"})
    over: Over

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """A single value for the cell."""
        units = {case.unit.name: found for case in cases if (found := references(case))}
        corpus = Corpus([tuple(map(grams, found)) for found in units.values()])
        pairs = [pair for case in cases if (pair := told(case)) is not None]
        if len(corpus.documents) < 2 or not pairs:
            return [None]
        scores = [pooled([corpus.similarity(text, one) for one in found], self.over) for text, found in pairs]
        return [10 * math.fsum(scores) / len(scores)]


def grams(text: str) -> Grams:
    """How often each sequence of 1 to 4 words occurs."""
    said = words(text)
    return Counter(tuple(said[i : i + n]) for n in range(1, LONGEST + 1) for i in range(len(said) - n + 1))


class Vector(NamedTuple):
    """The weights of the n-grams of a text and their norm, apart for each n, and the text's length."""

    weights: tuple[dict[tuple[str, ...], float], ...]
    norms: tuple[float, ...]
    length: int


class Corpus:
    """The references of all units: one document a unit."""

    def __init__(self, documents: Sequence[Sequence[Grams]]) -> None:
        self.documents = documents
        self.vector = cache(self._vector)

    def similarity(self, text: str, reference: str) -> float:
        """Of two texts, 0 to 1."""
        mine, theirs = self.vector(text), self.vector(reference)
        penalty = math.exp(-((mine.length - theirs.length) ** 2) / (2 * SIGMA**2))
        return penalty * sum(_clipped_cosine(mine, theirs, n) for n in range(LONGEST)) / LONGEST

    def _vector(self, text: str) -> Vector:
        """Weights are count × log(units / units that have it)."""
        vectors: tuple[dict[tuple[str, ...], float], ...] = tuple({} for _ in range(LONGEST))
        counts = grams(text)
        for gram, count in counts.items():
            vectors[len(gram) - 1][gram] = count * math.log(len(self.documents) / max(1, self._found[gram]))
        return Vector(vectors, tuple(math.hypot(*vector.values()) for vector in vectors), _length(counts))

    @cached_property
    def _found(self) -> Counter[tuple[str, ...]]:
        return Counter(gram for document in self.documents for gram in set().union(*document))


def _clipped_cosine(mine: Vector, theirs: Vector, n: int) -> float:
    norm, other = mine.norms[n] * theirs.norms[n], theirs.weights[n]
    shared = mine.weights[n].keys() & other.keys()
    return math.fsum(min(mine.weights[n][gram], other[gram]) * other[gram] for gram in shared) / norm if norm else 0.0


def _length(text: Grams) -> int:
    """The number of pairs of words, which the reference implementation takes for the length."""
    return sum(count for gram, count in text.items() if len(gram) == 2)
