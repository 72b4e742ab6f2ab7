"""How often different units get one and the same label: the failure that scores of single units do not see (M2)."""

from collections.abc import Hashable, Sequence
from typing import ClassVar, Literal

import numpy as np

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.judges.answers import answered
from bench.judges.rivals import alike
from bench.metrics.statements import claimed
from bench.metrics.words import words


@component
class CollisionRate:
    """1 for a unit whose answer equals that of another unit, 0 for one whose answer is its own: lower is better, 0 or 1.

    Answers are equal `by` their words (case and punctuation aside), or by the changes that they claim. The mean over units is the
    collision rate. Units of the same known effects may share an answer. `None` without an answer, and for an answer alone in its
    cell. Ceiling (best): 0. Floor: 1, one answer for all. Blind to whether answers are right: unique nonsense scores 0, so read it
    beside `forward_accuracy`; by words, blind to paraphrases.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = False
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset()
    compares_units: ClassVar[bool] = True
    by: Literal["words", "claims"]

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        values: list[float | None] = [None] * len(cases)
        units = answered(cases)
        if len(units) < 2:
            return values
        told = [self._label(cases[unit]) for unit in units]
        numbers = {label: k for k, label in enumerate(dict.fromkeys(told))}
        of = np.array([numbers[label] for label in told])
        hit = ((of[:, None] == of[None]) & ~alike([cases[unit] for unit in units])).any(1)
        for unit, collides in zip(units, hit.tolist(), strict=True):
            values[unit] = float(collides)
        return values

    def _label(self, case: Case) -> Hashable:
        if self.by == "claims":
            return frozenset((claimed(case) or {}).items())
        return tuple(words(case.explanation.text or ""))
