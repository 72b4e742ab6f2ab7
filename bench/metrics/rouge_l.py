"""ROUGE-L, the F-score of the longest common subsequence of words (Lin 2004), as rouge-score computes it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.told import Over, compared


@component
class RougeL:
    """F1 of the longest common subsequence, over the words of the answer and of the reference: higher is better, 0 to 1.

    Lower case, letters and digits of English only; `stem` compares Porter stems ("grow", "grows"). `over` takes the best reference
    or the mean over them. `None` without truth, without references (an inactive unit) and without an answer; a blank answer scores
    0. Ceiling: 1, a reference word by word. Floor, stemmed, best of 8 references on dSprites: 0.48 for answers about other factors
    in the wording of the references, 0.26 worded freely, 0.15 for other topics. A synonym is a miss: right answers worded freely
    score 0.38, and the wrong direction in the wording of the references 0.78.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"omissions", "additions", "directions", "texts"})
    stem: bool
    over: Over

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        return compared(cases, self._rouge, self.over)

    def _rouge(self, text: str, reference: str) -> float:
        return float(self._scorer.score(reference, text)["rougeL"].fmeasure)

    @cached_property
    def _scorer(self) -> Any:
        from rouge_score.rouge_scorer import RougeScorer

        return RougeScorer(["rougeL"], use_stemmer=self.stem)
