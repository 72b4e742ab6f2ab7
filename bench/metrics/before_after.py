"""Captions of how a picture looks before and after what a text claims, as in Gal et al. 2022 (arXiv 2108.00946)."""

import re
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import ClassVar

from bench.component import component
from bench.datasets.vocabulary import Vocabulary

Pair = tuple[str, str]

_ARTICLE = re.compile(r"\ba(?= [aeiou])")


@component
class BeforeAfter:
    """Pairs of captions by factor.

    `frames` make a caption of a word for a value ("an object on the {}"); the words are those of the vocabulary. `series` hold
    words for factors whose values have none there, each series in rising order; one that comes round ends where it begins.
    """

    version: ClassVar[int] = 1
    frames: Mapping[str, str]
    series: Mapping[str, tuple[tuple[str, ...], ...]]

    def pairs(self, factor: str, vocabulary: Vocabulary) -> list[Pair]:
        """What a rise of the factor may look like: from a lower value to a higher one; none where no words are known.

        A factor with a direction goes from its lowest to its highest value, one without from any value to any later one, and one
        with series from one word to the next.
        """
        if factor not in self.frames:
            return []
        steps = self._steps(factor, vocabulary)
        frame = self.frames[factor]
        return [(_ARTICLE.sub("an", frame.format(before)), _ARTICLE.sub("an", frame.format(after))) for before, after in steps]

    def _steps(self, factor: str, vocabulary: Vocabulary) -> list[Pair]:
        if factor in self.series:
            return [step for series in self.series[factor] for step in pairwise(series)]
        words = _words(factor, vocabulary)
        if len(words) < 2:
            return []
        return [(words[0], words[-1])] if factor in vocabulary.directed else list(combinations(words, 2))


def _words(factor: str, vocabulary: Vocabulary) -> Sequence[str]:
    """The plainest word of each named value."""
    known = [words for words in vocabulary.factors if words.factor == factor]
    return [said[0] for words in known for said in words.values.values()]
