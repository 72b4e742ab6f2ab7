"""Whether an explainer says the same of a unit when asked again, and something else of other units: embedding similarity."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, TextEncoder


@component
class RepeatStability:
    """Mean cosine of two answers about one unit, minus that of answers about two units: higher is better, -2 to 2.

    All drawn answers count (see `Explanation.answers`), blank ones left out, of every unit that has two, whether one was given out
    or the explainer abstained; failures are left out. Every unit weighs alike, and so does every pair of units. `None` for fewer
    than two such units. Ceiling: 1 minus how alike sentences about different units are, about 0.4 for MiniLM on dSprites. Floor: 0,
    for answers that do not depend on the unit, however stable they are. Blind to the truth: stable nonsense of its own for every
    unit scores high.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "cell"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (-2.0, 2.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset()
    encoder: TextEncoder

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """A single value for the cell."""
        drawn = [answers for case in cases if len(answers := _answers(case)) > 1]
        if len(drawn) < 2:
            return [None]
        texts = sorted({text for one in drawn for text in one})
        vectors = dict(zip(texts, self.encoder(texts).astype(np.float64), strict=True))
        units = [np.array([vectors[text] for text in one]) for one in drawn]
        means = np.array([unit.mean(axis=0) for unit in units])
        return [float(np.clip(np.mean([_apart(unit) for unit in units]) - _apart(means), *self.bounds))]


def _answers(case: Case) -> tuple[str, ...]:
    return tuple(text for text in case.explanation.answers if text.strip()) if case.explanation.failure is None else ()


def _apart(vectors: Float[ndarray, "n dims"]) -> float:
    """The mean product of two different ones: of answers, which have length one, their cosine."""
    n = len(vectors)
    products = vectors @ vectors.T
    return float((products.sum() - np.trace(products)) / (n * (n - 1)))
