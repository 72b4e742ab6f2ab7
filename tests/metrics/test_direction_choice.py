import asyncio

import pytest

from bench.errors import ClientError
from bench.metrics.direction_choice import DirectionChoice
from tests.judges.cells import Reader, case, honest, measured


def run(cases, judge=None, strips=None):
    return asyncio.run(DirectionChoice(judge=judge or measured(), strips=strips)(cases))


def test_a_true_direction_is_right_and_none_told_is_a_half():
    assert run(honest()) == [1.0, 1.0, 1.0, 0.5, 1.0]


def test_a_false_direction_is_wrong():
    assert run([case("z0", "It moves to the left.", position_x=1), case("z1", "It shrinks.", scale=1)]) == [0.0, 0.0]


def test_a_direction_of_another_factor_is_a_half():
    assert run([case("z0", "It grows.", position_x=1), case("z1", "The position changes.", position_x=1)]) == [0.5, 0.5]


def test_truth_is_not_needed():
    assert run([case("z0", "It moves to the left.", known=False, position_x=-1)]) == [1.0]


def test_where_the_ends_look_the_same_and_without_an_answer_there_is_no_value():
    silent, failed = case("z1", None, scale=1), case("z2", None, failure="refused", scale=1)
    assert run([case("z0", "It grows."), silent, failed, case("z3", "It grows.", held_out=0, scale=1)]) == [None] * 4
    assert run([]) == []


def larger(text, ends):
    """Takes the picture with the larger object."""
    return int(ends[1].sum() > ends[0].sum())


def test_a_reader_sees_both_orders_of_the_ends():
    reader = Reader(larger)
    assert run([case("z0", "It grows.", scale=1)], reader) == [1.0]
    assert run([case("z0", "It grows.", scale=-1)], reader) == [0.0]
    assert reader.shown[0] == reader.shown[1][::-1]


def test_a_reader_with_a_favourite_place_or_no_opinion_is_at_chance():
    for favourite in (0, 1, None):
        assert run(honest(), Reader(lambda text, ends, at=favourite: at)) == [0.5] * 5


def test_a_reader_who_refuses_leaves_no_value_and_one_out_of_reach_fails():
    def fails(kind):
        def choose(text, ends):
            raise ClientError(kind, "no")

        return choose

    assert run(honest(), Reader(fails("refused"))) == [None] * 5
    with pytest.raises(ClientError):
        run(honest(), Reader(fails("unreachable")))


def test_fewer_strips_can_be_asked_about():
    reader = Reader(larger)
    run([case("z0", "It grows.", scale=1)], reader, strips=1)
    assert len(reader.shown) == 2
