"""Agreement, ceilings and agreement with metrics as tables for people."""

from collections.abc import Sequence

from bench.annotation.agreement import Agreement
from bench.annotation.ceiling import Ceiling
from bench.annotation.correlation import GOOD
from bench.annotation.harmony import Harmony
from bench.reports.listing import Listing

NOTHING = "—"


def agreement_table(found: Sequence[Agreement]) -> Listing:
    """A line per question, statistic and raters."""
    lines = tuple(
        (one.question, one.statistic, one.raters, *_value(one.value, one.low, one.high), str(one.units), str(one.things))
        for one in found
    )
    notes = (
        "1 is perfect agreement, 0 what chance gives; — where chance alone would agree always. Alpha of at least 0.8 is firm, from "
        "0.667 tentative (Krippendorff).",
        "[95 % interval]: bootstrap over units. Units and things: rated by two or more of the raters, for Fleiss by all.",
    )
    return Listing(("question", "statistic", "raters", "value", "95 %", "units", "things"), lines, notes, 3)


def ceiling_table(found: Sequence[Ceiling]) -> Listing:
    """A line per metric and kind of answer."""
    lines = tuple(
        (one.metric, one.answers, one.against, *_value(one.mean, one.low, one.high), f"{one.scored}/{one.total}", str(one.units))
        for one in found
    )
    notes = (
        "Each rater scored as an explainer would be, against the other raters' words (as references) or ticks (each as the truth).",
        "[95 % interval]: bootstrap over units. Scored/all: comparisons.",
    )
    return Listing(("metric", "answers", "against", "mean", "95 %", "scored", "units"), lines, notes, 3)


def harmony_table(found: Sequence[Harmony]) -> Listing:
    """A line per metric and statistic."""
    lines = tuple(
        (one.metric, one.statistic, *_value(one.value, one.low, one.high), str(one.pairs), str(one.units)) for one in found
    )
    notes = (
        "Metric values beside mean ratings of the same texts; metrics that are best low are turned round.",
        f"A text is good when its mean rating is above {GOOD}. (a rater): each rater beside the mean of the others, a ceiling.",
        "[95 % interval]: bootstrap over units. An order of few explainers says little.",
    )
    return Listing(("metric", "statistic", "value", "95 %", "pairs", "units"), lines, notes, 2)


def _value(value: float | None, low: float | None, high: float | None) -> tuple[str, str]:
    span = "" if low is None or high is None else f"[{_digits(low)}, {_digits(high)}]"
    return (NOTHING if value is None else _digits(value), span)


def _digits(value: float) -> str:
    shown = f"{value:.3f}"
    return "0.000" if shown == "-0.000" else shown
