from bench.artifacts import Row
from bench.traversals.conditional import Conditional

CONDITIONAL = Conditional(values=(-3.0, 0.0, 3.0), references=1, held_out=1)


def test_the_condition_comes_first_and_its_contrasts_follow(model, anchors) -> None:
    traversal = CONDITIONAL(model, model.units[2], anchors)[0]
    assert [row.held.words for row in traversal.rows] == [
        "the shape is a heart",
        "the shape is a square",
        "the shape is an ellipse",
    ]
    assert traversal.codes[:, :, 0].tolist() == [[3.0] * 3, [-3.0] * 3, [0.0] * 3]


def test_rows_differ_in_nothing_but_the_condition(model, anchors) -> None:
    for traversal in CONDITIONAL(model, model.units[2], anchors):
        assert (traversal.codes[0, :, 1:] == traversal.codes[1:, :, 1:]).all()


def test_a_unit_without_a_condition_moves_as_its_reference_stands(model, anchors) -> None:
    assert CONDITIONAL(model, model.units[0], anchors)[0].rows == (Row((2,)),)
