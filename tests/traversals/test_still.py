import numpy as np

from bench.artifacts import Condition, Unit
from bench.interfaces import Moves
from bench.traversals.still import Still
from tests.attention.blocks import vae

STILL = Still(references=1, held_out=1)


def test_it_shows_what_the_model_makes_of_each_picture_and_moves_nothing():
    model, anchors = vae(), np.array([3, 40])
    made = STILL(model, Unit("all", (0, 1, 2)), anchors)
    assert isinstance(STILL, Moves)
    assert [one.rows[0].moved for one in made] == [(), ()]
    for one, code in zip(made, model.codes(anchors), strict=True):
        np.testing.assert_allclose(one.codes[0, 0], code, rtol=1e-6)
        np.testing.assert_array_equal(one.images[0, 0], model.render(np.array([one.anchor]), code[None])[0])


def test_a_condition_holds():
    [one] = STILL(vae(), Unit("all", (0, 1), Condition("held", (2,), (1.5,))), np.array([3]))
    assert one.codes[0, 0, 2] == 1.5
