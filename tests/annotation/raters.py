"""Raters and what they said, written down briefly."""

from bench.annotation.export import Answer, Rated, Ticked
from bench.annotation.lines import Given, Label, Rating
from bench.annotation.task import said_id

PLACE = {"dataset": "dsprites", "model": "m", "key": "k"}
WAYS = {"+": "increase", "-": "decrease", "~": "change"}


def label(annotator, unit, ticks="", text=""):
    """`ticks` are such as "scale+ shape~"; neither ticks nor text mean no clear pattern."""
    factors = tuple(Ticked(tick[:-1], WAYS[tick[-1]]) for tick in ticks.split())
    return Label("page", annotator, Answer(**PLACE, unit=unit, none=not (ticks or text), text=text, factors=factors, seconds=1.0))


def rating(annotator, unit, text, value):
    return Rating("page", annotator, Rated(**PLACE, unit=unit, said=said_id(text), rating=value))


def given(*lines):
    return Given(tuple(one for one in lines if isinstance(one, Label)), tuple(one for one in lines if isinstance(one, Rating)))
