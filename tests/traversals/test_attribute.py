from dataclasses import dataclass

import numpy as np
import pytest

from bench.artifacts import Row, Unit
from bench.errors import ConfigError
from bench.interfaces import Moves
from bench.traversals.attribute import AttributeDirection
from bench.traversals.axis import Axis

VALUES = (0.0, 1.0, 2.0, 3.0, 4.0)


@dataclass
class Directed:
    """The echo of `conftest`, with latents 4 and 5 as directions."""

    echo: object
    directions: tuple[int, ...] = (4, 5)
    latents: int = 6
    units: tuple[Unit, ...] = (Unit("z1", (1,)), Unit("w0", (4,)))

    def codes(self, anchors):
        return self.echo.codes(anchors)

    def draws(self, anchors):
        return np.stack([np.random.default_rng([2, anchor]).standard_normal(6, np.float32) for anchor in anchors])

    def render(self, anchors, codes):
        return self.echo.render(anchors, codes)


@pytest.fixture
def directed(model):
    return Directed(model)


@pytest.fixture
def moves():
    return AttributeDirection(values=VALUES, others=Axis(values=(-1.0, 1.0), references=2, held_out=1))


def test_it_gives_as_many_traversals_as_the_other_moves(moves):
    assert isinstance(moves, Moves)
    assert (moves.references, moves.held_out) == (2, 1)


def test_a_direction_moves_by_its_values_from_what_was_drawn(moves, directed, anchors):
    for strip, drawn in zip(moves(directed, directed.units[1], anchors), directed.draws(anchors), strict=True):
        assert strip.rows == (Row((4,)),)
        assert np.array_equal(strip.reference, drawn)
        np.testing.assert_allclose(strip.codes[0, :, 4], drawn[4] + np.array(VALUES), rtol=1e-6)
        assert np.array_equal(np.delete(strip.codes[0], 4, 1), np.repeat(np.delete(drawn, 4)[None], 5, 0))


def test_a_strip_depends_on_its_anchor_alone(moves, directed, anchors):
    whole = moves(directed, directed.units[1], anchors)
    alone = moves(directed, directed.units[1], anchors[1:2])
    assert np.array_equal(whole[1].images, alone[0].images)


def test_other_units_move_as_the_other_moves_do(moves, directed, anchors):
    found, expected = (way(directed, directed.units[0], anchors) for way in (moves, moves.others))
    assert all(np.array_equal(one.codes, other.codes) for one, other in zip(found, expected, strict=True))


def test_a_model_without_directions_is_refused(moves, model, anchors):
    with pytest.raises(ConfigError, match="directions of attributes such as csvae, got Echo"):
        moves(model, model.units[0], anchors)
