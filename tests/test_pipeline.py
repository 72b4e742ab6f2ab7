"""What `traverse` and `score` promise beside what the components do."""

import asyncio
from typing import ClassVar

import numpy as np
import pytest

from bench.artifacts import Row, Traversal, Unit
from bench.pipeline import score, traverse


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
    assert asyncio.run(score(metric, [1, 2, 3], None)) == (3.0,)


def test_a_metric_that_looks_into_the_model_is_given_it():
    assert asyncio.run(score(Looks(), [1], (30, 12))) == (42.0,)
    assert asyncio.run(score(Looks(), [1], None)) == (1.0,)


def test_the_wrong_number_of_values_is_an_error():
    class Short(Counts):
        scope: ClassVar[str] = "unit"

    with pytest.raises(ValueError, match="expected 2 values, got 1"):
        asyncio.run(score(Short(), [1, 2], None))
