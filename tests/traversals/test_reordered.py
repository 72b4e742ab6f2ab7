import numpy as np
import pytest

from bench.interfaces import Moves
from bench.traversals.axis import Axis
from bench.traversals.random_direction import RandomDirection
from bench.traversals.reordered import Reordered

AXIS = Axis(values=(-3.0, -1.5, 0.0, 1.5, 3.0), references=1, held_out=1)


def strips(order, model, anchors, moves=AXIS):
    made = Reordered(moves=moves, order=order, seed=0)
    unit = model.units[0]
    return list(zip(moves(model, unit, anchors), made(model, unit, anchors), strict=True))


def test_it_has_as_many_strips_as_what_it_wraps():
    made = Reordered(moves=AXIS, order="reversed", seed=0)
    assert isinstance(made, Moves)
    assert (made.references, made.held_out) == (1, 1)


def test_a_reversed_strip_goes_from_high_to_low(model, anchors):
    for plain, turned in strips("reversed", model, anchors):
        assert (turned.codes == plain.codes[:, ::-1]).all()
        assert (turned.images == plain.images[:, ::-1]).all()
        assert (turned.anchor, turned.rows) == (plain.anchor, plain.rows)


def test_a_shuffled_strip_has_the_same_pictures_in_neither_order(model):
    for plain, mixed in strips("shuffled", model, np.arange(60)):
        moved = mixed.codes[0, :, model.units[0].latents[0]]
        assert sorted(moved) == sorted(AXIS.values)
        assert len(set(np.sign(np.diff(moved)))) == 2
        places = [int(np.flatnonzero((plain.codes[0] == code).all(1))[0]) for code in mixed.codes[0]]
        assert (mixed.images[0] == plain.images[0, places]).all()


@pytest.mark.parametrize("values", [(0.0,), (-1.0, 1.0)])
def test_strips_too_short_to_be_out_of_order_are_shuffled_all_the_same(model, anchors, values):
    assert strips("shuffled", model, anchors, Axis(values=values, references=1, held_out=1))


def random(seed=0):
    return RandomDirection(values=(-1.0, 0.0, 2.0), references=1, held_out=1, seed=seed)


def test_a_random_direction_is_one_line_of_the_right_length_through_the_reference(model, anchors):
    for strip in random()(model, model.units[0], anchors):
        steps = strip.codes[0] - strip.reference
        assert np.allclose(np.linalg.norm(steps, axis=1), (1, 0, 2), atol=1e-5)
        assert np.allclose(steps[2], -2 * steps[0], atol=1e-5)


def test_a_unit_has_one_direction_for_all_references_and_each_seed_another(model, anchors):
    along = [strip.codes[0, 2] - strip.reference for strip in random()(model, model.units[0], anchors)]
    assert all(np.allclose(along[0], other, atol=1e-5) for other in along)
    other = random(1)(model, model.units[0], anchors)[0]
    assert not np.allclose(along[0], other.codes[0, 2] - other.reference, atol=0.1)
