"""Whether the certainty tells right answers from wrong ones: the area under the ROC curve (Hanley & McNeil 1982)."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.certain import Event, certain


@component
class CertaintyAuroc:
    """The chance that a true answer is surer than a false one, equal certainties counting half: higher is better, 0 to 1.

    `event` says what "true" is: `correct`, the named factors are the true ones, or `active`, the unit changes anything at all (then
    answers on inactive units are the false ones). Only answers with a certainty count (see `certain`). `None` when all or none of
    them are true. Ceiling: 1. Floor: 0.5, a certainty that knows nothing; below, it is the wrong way round. Blind to the size of
    the certainty (see `certainty_ece`), and to abstentions: who abstains where unsure has left the hard units out.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "cell"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset()
    event: Event

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """A single value for the cell."""
        answers = certain(cases, self.event)
        if not answers.both:
            return [None]
        from scipy.stats import rankdata

        ranks, n = rankdata(answers.certainty), int(answers.true.sum())
        return [float((ranks[answers.true].sum() - n * (n + 1) / 2) / (n * (len(ranks) - n)))]
