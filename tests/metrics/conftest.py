from collections.abc import Callable

import pytest

from bench.artifacts import Case, Effect, Explanation, Truth, Unit, UnitTraversals
from bench.datasets.vocabulary import load_vocabulary


@pytest.fixture
def judge() -> Callable[..., Case]:
    """Makes a dSprites case: `judge("It grows.", scale=1)`; no effects is an inactive unit, no text an abstention."""
    words = load_vocabulary("dsprites")

    def made(text: str | None, *, status: str | None = None, known: bool = True, failure: str | None = None, **signs) -> Case:
        effects = tuple(Effect(factor, 1 / len(signs), sign) for factor, sign in signs.items())
        truth = Truth("z0", status or ("clean" if effects else "inactive"), effects, "exact") if known else None
        return Case(UnitTraversals(Unit("z0", (0,)), (), ()), truth, Explanation("z0", text, failure=failure), words)

    return made
