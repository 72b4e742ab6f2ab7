import pytest

from bench.explainers.changes import Change
from bench.explainers.phrases import Names, listed, sentence, sentence_under

NAMES = Names("the object", "the wall", "the floor")


def changes(**signs: int) -> dict[str, Change]:
    return {name: Change(1.0, sign, 1.0) for name, sign in signs.items()}


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        ({"position_x": 1}, "The object moves to the right."),
        ({"position_x": -1}, "The object moves to the left."),
        ({"position_y": 1}, "The object moves down."),
        ({"position_y": -1}, "The object moves up."),
        ({"size": 1}, "The object grows."),
        ({"size": -1}, "The object shrinks."),
        ({"turn": 1}, "The object rotates counter-clockwise."),
        ({"turn": -1}, "The object rotates clockwise."),
        ({"turn": 0}, "The object rotates."),
        ({"outline": 0}, "The object changes its shape."),
        ({"colour": 1}, "The object changes its colour."),
        ({"position_x": 0, "position_y": 0}, "The object changes its horizontal position and vertical position."),
        ({"size": 0, "turn": -1, "outline": 0}, "The object rotates clockwise and changes its size and shape."),
        ({"upper_colour": -1}, "The wall changes colour."),
        ({"lower_colour": 1, "size": 1}, "The object grows and the floor changes colour."),
    ],
)
def test_changes_are_said_with_their_direction(signs, expected):
    assert sentence(changes(**signs), NAMES) == expected


def test_a_condition_comes_first():
    assert sentence_under("the shape is a heart", changes(size=1), NAMES) == "When the shape is a heart, it grows."


def test_three_parts_are_listed_with_one_and():
    assert [listed("a"), listed("ab"), listed("abc")] == ["a", "a and b", "a, b and c"]
