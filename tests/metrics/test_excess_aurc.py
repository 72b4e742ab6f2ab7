import math

import pytest

from bench.metrics.aurc import Aurc
from bench.metrics.excess_aurc import ExcessAurc
from tests.metrics.sure import answers, drawn, silenced


def score(certainties, right):
    return ExcessAurc()(answers(certainties, right))[0]


def test_all_right_and_all_wrong_leave_nothing_to_gain():
    assert score([0.3, 0.9], [1, 1]) == 0.0
    assert score([0.3, 0.9], [0, 0]) == 0.0


def test_by_hand():
    expected = (0 + 1 / 2 + 1 / 3) / 3 - (1 / 3 + 2 / 3 * math.log(2 / 3))
    assert score([0.9, 0.8, 0.1], [1, 0, 1]) == pytest.approx(expected, abs=1e-9)


def test_the_best_order_nears_zero_as_answers_grow_many():
    def best(n):
        return score([1 - i / n for i in range(n)], [i < n / 2 for i in range(n)])

    assert best(20) == pytest.approx(0.012, abs=1e-3)
    assert best(400) < 0.001


def test_it_is_the_area_without_the_least_area():
    for seed in range(5):
        certainties, right = drawn(30, seed)
        risk = 1 - right.mean()
        [area] = Aurc()(answers(certainties, right))
        assert score(certainties, right) == pytest.approx(area - risk - (1 - risk) * math.log(1 - risk), abs=1e-9)


def test_a_certainty_that_knows_nothing_scores_its_floor():
    assert score([0.5] * 4, [1, 0, 1, 0]) == pytest.approx(-0.5 * math.log(0.5))


def test_nothing_to_judge_is_undefined():
    assert score([], []) is None
    assert ExcessAurc()(silenced(answers([0.4], [1]))) == [None]
