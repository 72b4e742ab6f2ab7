import numpy as np

from bench.artifacts import Row, Unit
from bench.traversals.group import Group

GROUP = Group(values=(-3.0, 0.0, 3.0), references=1, held_out=1)


def test_the_last_row_moves_all_latents_from_low_to_high_together(model, anchors) -> None:
    traversal = GROUP(model, model.units[1], anchors)[0]
    assert traversal.rows == (Row((1,)), Row((4,)), Row((1, 4)))
    np.testing.assert_array_equal(traversal.codes[2][:, [1, 4]], [[-3, -3], [0, 0], [3, 3]])


def test_a_single_latent_has_one_row(model, anchors) -> None:
    assert GROUP(model, model.units[0], anchors)[0].rows == (Row((2,)),)


def test_three_latents_have_four_rows(model, anchors) -> None:
    rows = GROUP(model, Unit("three", (0, 3, 5)), anchors)[0].rows
    assert [row.moved for row in rows] == [(0,), (3,), (5,), (0, 3, 5)]
