"""Counterfactual simulatability (Chen et al. 2023, arXiv 2307.08678), factor by factor (M4): what an answer lets a reader predict.

The reader is the parser of statements: from an answer it predicts for each factor -, 0, + or ?, and the truth says -, 0, + or a
change without direction.
"""

from dataclasses import dataclass

from bench.artifacts import Case
from bench.metrics.statements import claimed, judged


@dataclass(frozen=True)
class Counts:
    """Factors predicted to change, factors that do, and those of both whose direction is right too."""

    predicted: int
    true: int
    correct: int


def counts(case: Case) -> Counts | None:
    """The counts of one answer; `None` without an answer and where the truth is unknown or ambiguous.

    A claimed change without a direction is "?" where the true change has one: no prediction, so it lowers recall alone. Where the
    true change has no single direction any claim of it is correct, and where there is no change every claim is a wrong prediction.
    """
    truth, claims = judged(case), claimed(case)
    if truth is None or claims is None:
        return None
    signs = {effect.factor: effect.sign for effect in truth.effects}
    open_claims = [factor for factor, sign in claims.items() if sign is None and signs.get(factor) is not None]
    correct = [factor for factor, sign in claims.items() if factor in signs and signs[factor] in (None, sign)]
    return Counts(len(claims) - len(open_claims), len(signs), len(correct))
