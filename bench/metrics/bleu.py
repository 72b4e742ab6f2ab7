"""Sentence BLEU (Papineni et al. 2002), as sacrebleu computes it (Post 2018, arXiv 1804.08771)."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.told import Over, compared


@component
class Bleu:
    """Geometric mean of the precisions of 1- to 4-grams × brevity penalty: higher is better, 0 to 1 (sacrebleu's number / 100).

    Tokens are those of 13a in lower case; an n-gram order without a match is smoothed (`exp`), and a text of fewer than 4 tokens is
    judged by the orders that it has. `over` takes the best reference or the mean over them. `None` without truth, without
    references (an inactive unit) and without an answer; a blank answer scores 0. Ceiling: 1, a reference word by word. Floor, best
    of 8 references on dSprites: 0.22 for answers about other factors in the wording of the references, 0.11 worded freely. It sees
    words and their order, nothing of meaning: right answers worded freely score 0.15, and the wrong direction in the wording of the
    references 0.46.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"omissions", "additions", "directions", "texts"})
    over: Over

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        return compared(cases, self._bleu, self.over)

    def _bleu(self, text: str, reference: str) -> float:
        return min(float(self._scorer.sentence_score(text, [reference]).score) / 100, 1.0)

    @cached_property
    def _scorer(self) -> Any:
        from sacrebleu.metrics.bleu import BLEU

        return BLEU(lowercase=True, effective_order=True)
