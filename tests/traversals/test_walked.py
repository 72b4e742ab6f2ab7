from dataclasses import dataclass, replace

import numpy as np
import pytest

from bench.artifacts import Condition, Unit
from bench.errors import ConfigError
from bench.traversals.paired import ELSEWHERE
from bench.traversals.walked import Walked


@dataclass(frozen=True)
class Compass:
    """A model of three directions and two contexts, whose picture is its code."""

    rank: int = 3
    latents: int = 7
    units: tuple[Unit, ...] = (Unit("image1/v0", (0,), Condition("of picture 1", (6,), (1.0,))),)

    def codes(self, anchors):
        codes = np.zeros((len(anchors), 7), np.float32)
        codes[:, -1] = anchors % 2
        return codes

    def render(self, anchors, codes):
        return np.clip(codes * 20 + 100, 0, 255).astype(np.uint8)[:, None, None]


MOVES = Walked(values=(-3.0, 0.0, 3.0), references=2, held_out=1, walks=1, length=1.5, other="drawn")


def strips(moves=MOVES, unit=0, anchors=range(20)):
    model = Compass()
    chosen = replace(model.units[0], latents=(unit,))
    return moves(model, chosen, np.array(anchors))


def test_the_first_row_starts_from_the_picture():
    strip = strips()[0]
    np.testing.assert_array_equal(strip.codes[0], [[-3, 0, 0, 0, 0, 0, 1], [0] * 6 + [1], [3, 0, 0, 0, 0, 0, 1]])
    assert strip.rows[0].held is None


def test_the_second_row_differs_in_the_walk_before_alone():
    for strip in strips():
        apart = strip.codes[1] - strip.codes[0]
        assert (np.abs(apart).sum(1) == 1.5).all()
        assert not apart[:, [0, 1, 2, 6]].any()
        assert len(np.unique(apart, axis=0)) == 1
        assert strip.rows[1].held.words == ELSEWHERE


def test_walks_go_both_ways_along_all_other_directions():
    held = {strip.rows[1].held.latents + strip.rows[1].held.values for strip in strips(unit=1)}
    assert held == {(3, 1.5), (3, -1.5), (5, 1.5), (5, -1.5)}


@pytest.mark.parametrize(("unit", "walked"), [(0, 5), (1, 5), (2, 4)])
def test_the_published_walk_is_along_the_last_direction_that_is_not_explained(unit, walked):
    for strip in strips(replace(MOVES, other="last"), unit):
        assert strip.rows[1].held == Condition(ELSEWHERE, (walked,), (1.5,))


def test_an_anchor_has_its_walk_whatever_is_beside_it():
    assert strips(anchors=[4])[0].rows == strips(anchors=[2, 4])[1].rows


def test_too_few_directions_are_an_error():
    with pytest.raises(ConfigError, match="expected 3 directions beside"):
        strips(replace(MOVES, walks=3))


def test_a_model_without_directions_is_an_error(model):
    with pytest.raises(ConfigError, match="needs the directions"):
        MOVES(model, model.units[0], np.array([0]))
