"""An answer beside its references: what the metrics of text similarity compare."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Literal

from bench.artifacts import Case
from bench.truth.wording import sentences

Over = Literal["best", "mean"]


def told(case: Case) -> tuple[str, tuple[str, ...]] | None:
    """The answer and its references; `None` without an answer and without references (an inactive unit, or nobody knows)."""
    text, found = case.explanation.text, references(case)
    return None if text is None or case.explanation.outcome != "answered" or not found else (text, found)


def references(case: Case) -> tuple[str, ...]:
    """What a perfect answer may say: sentences made from the truth, and then what people wrote, each text once.

    An inactive unit has none, whatever people wrote: there the perfect answer is to abstain.
    """
    if case.truth is None:
        return tuple(dict.fromkeys(case.references))
    generated = sentences(case.truth, case.vocabulary)
    return () if case.truth.status == "inactive" else tuple(dict.fromkeys((*generated, *case.references)))


def texts(cases: Sequence[Case]) -> list[str]:
    """Every text that `compared` compares, once, in an order that does not depend on that of the cases."""
    pairs = [pair for pair in map(told, cases) if pair and pair[0].strip()]
    return sorted({text for answer, found in pairs for text in (answer, *found)})


def compared(cases: Sequence[Case], similarity: Callable[[str, str], float], over: Over) -> list[float | None]:
    """The similarity of each answer to the best of its references, or the mean over them; `None` where there is nothing to compare.

    A blank answer scores 0. Equal texts are compared once.
    """
    known = cache(lambda text, found: pooled([similarity(text, reference) for reference in found], over))
    pairs = [told(case) for case in cases]
    return [None if pair is None else known(*pair) if pair[0].strip() else 0.0 for pair in pairs]


def pooled(values: Sequence[float], over: Over) -> float:
    """The best of the values, or their mean."""
    return max(values) if over == "best" else sum(values) / len(values)
