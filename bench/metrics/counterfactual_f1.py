"""What an answer lets a reader predict, all in all (M4): F1 over signed changes of factors."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect
from bench.metrics.counterfactual_claims import counts


@component
class CounterfactualF1:
    """2 correct / (predicted + true), direction and all: higher is better, 0 to 1.

    The harmonic mean of `counterfactual_precision` and `counterfactual_recall`, 0 where one of them is 0 or nothing is predicted.
    `None` without an answer, where the truth is unknown or ambiguous, and where nothing is predicted and nothing changes. Ceiling:
    1. Floor: naming all K factors, each with a direction by chance, gets k / (k + K) for a unit with k factors. Stricter than
    `set_f1`: a change told in the wrong direction is wrong. Blind to how large changes are.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"omissions", "additions", "directions", "texts"})

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        found = [counts(case) for case in cases]
        return [2 * one.correct / size if one and (size := one.predicted + one.true) else None for one in found]
