"""How many different things an explainer says (M2): entropy of its labels."""

from collections import Counter
from collections.abc import Sequence
from math import log
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.judges.rivals import active
from bench.metrics.words import words


@component
class Discrimination:
    """H(label) / log(active units), the label being the words of an answer: higher is better, 0 to 1.

    All abstentions are one label; failures are left out. `None` for fewer than two active units. Ceiling: 1, every active unit
    another label; less where units mean the same. Floor: 0, one label for all. Blind to whether anything said is true: unique
    nonsense scores 1, so never read it without `backward_accuracy` or `forward_accuracy`.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "cell"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset()
    compares_units: ClassVar[bool] = True

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """A single value for the cell."""
        told = [
            None if case.explanation.outcome == "abstained" else tuple(words(case.explanation.text or ""))
            for case in cases
            if case.explanation.outcome != "failed" and active(case)
        ]
        n = len(told)
        if n < 2:
            return [None]
        entropy = sum(count / n * log(n / count) for count in Counter(told).values())
        return [min(entropy / log(n), 1.0)]
