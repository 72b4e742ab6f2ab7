"""chrF, the F-score of character n-grams (Popovic 2015), and chrF++ with words (Popovic 2017), as sacrebleu computes them."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, Literal

from pydantic import NonNegativeInt

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.told import Over, compared


@component
class Chrf:
    """F2 of 1- to 6-grams of characters and 1- to `word_order`-grams of words: higher is better, 0 to 1 (sacrebleu's number / 100).

    Lower case, white space ignored; `word_order` 0 is chrF, 2 is chrF++. `over` takes the best reference or the mean over them.
    `None` without truth, without references (an inactive unit) and without an answer; a blank answer scores 0. Ceiling: 1, a
    reference letter by letter. Floor of chrF, best of 8 references on dSprites: 0.41 for answers about other factors in the wording
    of the references, 0.23 worded freely, 0.15 for other topics. It forgives inflection ("grow", "grows") and nothing else: right
    answers worded freely score 0.40, and the wrong direction in the wording of the references 0.72.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"omissions", "additions", "directions", "texts"})
    word_order: NonNegativeInt
    over: Over

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        return compared(cases, self._chrf, self.over)

    def _chrf(self, text: str, reference: str) -> float:
        return min(float(self._scorer.sentence_score(text, [reference]).score) / 100, 1.0)

    @cached_property
    def _scorer(self) -> Any:
        from sacrebleu.metrics.chrf import CHRF

        return CHRF(word_order=self.word_order, lowercase=True)
