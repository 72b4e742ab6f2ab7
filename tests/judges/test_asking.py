import asyncio

import numpy as np
import pytest

from bench.errors import ClientError
from bench.judges.asking import all_rotations, drawn

OPTIONS = [7, 1, 2, 3]


def rotate(ask):
    async def asked(order):
        return ask(order)

    async def run():
        return await all_rotations(asked, OPTIONS[0], OPTIONS[1:], asyncio.Semaphore(2))

    return asyncio.run(run())


def test_the_right_option_stands_once_in_every_place():
    seen = []
    rotate(lambda order: seen.append(list(order)) or 0)
    assert sorted(order.index(7) for order in seen) == [0, 1, 2, 3]
    assert all(sorted(order) == sorted(OPTIONS) for order in seen)


def test_who_always_takes_the_first_place_is_right_once():
    found = rotate(lambda order: 0)
    assert sorted(one.chosen for one in found) == [0, 0, 0, 1]


def test_who_finds_the_right_option_is_right_in_all_places():
    assert [one.alone for one in rotate(lambda order: order.index(7))] == [1] * 4


def fails(kind):
    def ask(order):
        if order[0] == 7:
            raise ClientError(kind, "on purpose")
        return order.index(7)

    return ask


@pytest.mark.parametrize("kind", ["refused", "unparsable", "filtered"])
def test_a_choice_with_an_answer_of_no_use_is_not_scored(kind):
    assert rotate(fails(kind)) is None


@pytest.mark.parametrize("kind", ["timed_out", "unreachable"])
def test_a_failure_of_the_transport_is_raised(kind):
    with pytest.raises(ClientError, match="on purpose"):
        rotate(fails(kind))


def test_the_same_unit_meets_the_same_rivals_whatever_their_order():
    names = [f"content {k}" for k in range(10)]
    turned = names[3:] + names[:3]
    first = [names[k] for k in drawn("own", names, np.arange(10), 4)]
    second = [turned[k] for k in drawn("own", turned, np.arange(10), 4)]
    assert first == second
    assert len(set(first)) == 4
    assert first != [names[k] for k in drawn("another", names, np.arange(10), 4)]


def test_fewer_rivals_than_asked_for_are_all_drawn():
    assert sorted(drawn("own", ["a", "b", "c"], np.array([0, 2]), 4)) == [0, 2]
