"""METEOR with exact and stem matches (Lavie & Agarwal 2007), as nltk computes it, without WordNet."""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.told import Over, compared
from bench.metrics.words import words

HELD = 32_768  # words whose stems are kept


@component
class MeteorNltkExactStem:
    """Recall-weighted F of matched words × (1 - penalty for broken order): higher is better, 0 to 1.

    F = P R / (0.9 P + 0.1 R), penalty = 0.5 (chunks / matches)^3; words match when they or their Porter stems are equal. It is not
    the METEOR 1.5 of caption papers, which has synonyms, paraphrases and other weights: their numbers differ by up to 0.3, so never
    put them side by side. `over` takes the best reference or the mean over them. `None` without truth, without references (an
    inactive unit) and without an answer; a blank answer scores 0. Ceiling: 1 - 0.5 / n^3 for a reference of n words, word by word.
    Floor, best of 8 references on dSprites: 0.44 for answers about other factors in the wording of the references, 0.20 worded
    freely, 0.09 for other topics. A synonym is a miss: right answers worded freely score 0.37, and the wrong direction in the
    wording of the references 0.77. Long answers lose little, since recall counts nine times as much as precision.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"omissions", "additions", "directions", "texts"})
    over: Over

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        return compared(cases, self._meteor, self.over)

    def _meteor(self, text: str, reference: str) -> float:
        from nltk.translate.meteor_score import single_meteor_score

        return float(single_meteor_score(words(reference), words(text), stemmer=self._stemmer, wordnet=_NoSynonyms()))

    @cached_property
    def _stemmer(self) -> Any:
        from nltk.stem.porter import PorterStemmer

        return _Stems(PorterStemmer())


class _Stems:
    """A stemmer that stems each word once: nltk asks for those of an answer again for every reference."""

    def __init__(self, stemmer: Any) -> None:
        self.stem = lru_cache(HELD)(stemmer.stem)


class _NoSynonyms:
    """A WordNet that knows no word: the real one is a download, and nltk hands it stems, of which it knows few."""

    def synsets(self, *_: Any, **__: Any) -> list[Any]:
        return []
