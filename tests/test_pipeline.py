"""What `traverse` and `score` promise beside what the components do."""

import asyncio
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest

from bench.artifacts import Explanation, Row, Traversal, Unit
from bench.attention.record import Attention
from bench.errors import DataError
from bench.pipeline import look, score, traverse
from tests.attention.blocks import BLOCKS


def said(text=None, attention=None):
    return SimpleNamespace(explanation=Explanation("z0", text, attention=attention))


def maps(value=1.0):
    return Attention(np.arange(2), np.full((2, 4, 4), value, np.float32))


TEXTS = [said("It grows."), said("It turns."), said()]


class Still:
    """Moves nothing: one picture a reference."""

    references, held_out = 4, 3

    def __call__(self, model, unit, anchors):
        zero = np.zeros((1, 1, 1), np.float32)
        images = np.zeros((1, 1, 1, 2, 2), np.uint8)
        return [Traversal(unit, int(anchor), zero[0, 0], zero, images, (Row((0,)),)) for anchor in anchors]


class Model:
    latents, units = 1, tuple(Unit(f"z{k}", (0,)) for k in range(20))

    def codes(self, anchors):
        return np.zeros((len(anchors), 1), np.float32)

    def render(self, anchors, codes):
        return np.zeros((len(anchors), 1, 2, 2), np.uint8)


class Counts:
    """A metric that says how many cases there are."""

    version: ClassVar[int] = 1
    scope: ClassVar[str] = "cell"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 100.0)

    def __call__(self, cases):
        return [float(len(cases))]


class Waits(Counts):
    async def __call__(self, cases):
        await asyncio.sleep(0)
        return [float(len(cases))]


class Looks(Counts):
    def intervene(self, cases, model, dataset):
        return [float(model + dataset)]


def test_all_units_are_held_out_from_the_same_codes_and_shown_from_their_own():
    units = traverse(Still(), Model(), 0)
    held_out = {tuple(strip.anchor for strip in unit.held_out) for unit in units}
    shown = [strip.anchor for unit in units for strip in unit.shown]
    assert len(held_out) == 1
    assert len(set(shown)) == len(shown) == 80
    assert not set(shown) & set(*held_out)


def test_another_seed_gives_other_codes():
    one, two = traverse(Still(), Model(), 0)[0], traverse(Still(), Model(), 1)[0]
    assert not {strip.anchor for strip in one.held_out} & {strip.anchor for strip in two.held_out}


def test_what_would_be_shown_and_is_held_out_makes_room_for_the_next(monkeypatch):
    monkeypatch.setattr("bench.pipeline.ANCHORS", 7)
    for unit in traverse(Still(), Model(), 0):
        assert {strip.anchor for strip in unit.shown} | {strip.anchor for strip in unit.held_out} == set(range(7))


@pytest.mark.parametrize("metric", [Counts(), Waits()])
def test_a_metric_may_be_waited_for(metric):
    assert asyncio.run(score(metric, TEXTS, None)) == (3.0,)


def test_a_metric_that_looks_into_the_model_is_given_it():
    assert asyncio.run(score(Looks(), TEXTS, (30, 12))) == (42.0,)
    assert asyncio.run(score(Looks(), TEXTS, None)) == (3.0,)


def test_the_wrong_number_of_values_is_an_error():
    class Short(Counts):
        scope: ClassVar[str] = "unit"

    with pytest.raises(ValueError, match="expected 2 values, got 1"):
        asyncio.run(score(Short(), TEXTS[:2], None))


class Numbers(Counts):
    """Numbers the cases that it is asked about."""

    scope: ClassVar[str] = "unit"

    def __call__(self, cases):
        return [float(i) for i, _ in enumerate(cases)]


class OfMaps(Numbers):
    sees: ClassVar[frozenset[str]] = frozenset({"maps"})


def test_a_metric_of_texts_is_not_asked_about_a_map_alone():
    judged = [said("It grows."), said(attention=maps()), said("It turns.", maps()), said()]
    assert asyncio.run(score(Numbers(), judged, None)) == (0.0, None, 1.0, 2.0)
    assert asyncio.run(score(Counts(), judged, None)) == (3.0,)


def test_a_metric_of_maps_is_asked_about_nothing_but_maps():
    judged = [said("It grows."), said(attention=maps()), said("It turns.", maps()), said()]
    assert asyncio.run(score(OfMaps(), judged, None)) == (None, 0.0, 1.0, None)


class Shows:
    def __init__(self, value):
        self.value = value

    def look(self, model, dataset, truths, seed):
        return [Explanation(unit.name, None, attention=maps(self.value)) for unit in model.units]


def test_a_map_that_is_not_finite_is_refused():
    assert look(Shows(1.0), Model(), BLOCKS, (), 0)[3].outcome == "answered"
    with pytest.raises(DataError, match="the map of z0 holds values that are not finite"):
        look(Shows(float("nan")), Model(), BLOCKS, (), 0)
