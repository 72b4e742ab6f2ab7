import itertools

import numpy as np
import pytest

from bench.metrics.aurc import Aurc
from bench.metrics.certain import Certain
from bench.metrics.risk_coverage import least_area, risks, thresholds
from tests.metrics.sure import answers, drawn, silenced


def score(certainties, right):
    return Aurc()(answers(certainties, right))[0]


def naive(certainties, right):
    """The mean over all orders of equal certainties, each by a loop."""
    n = len(right)
    areas = []
    for order in itertools.permutations(range(n)):
        if all(certainties[a] >= certainties[b] for a, b in itertools.pairwise(order)):
            wrong = [1 - right[i] for i in order]
            areas.append(sum(sum(wrong[:k]) / k for k in range(1, n + 1)) / n)
    return sum(areas) / len(areas)


def test_all_right_scores_zero_and_all_wrong_one():
    assert score([0.3, 0.9], [1, 1]) == 0.0
    assert score([0.3, 0.9], [0, 0]) == 1.0


def test_by_hand():
    assert score([0.9, 0.8, 0.1], [1, 0, 1]) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_one_certainty_for_all_gives_the_share_of_wrong_answers():
    assert score([0.5] * 4, [1, 0, 0, 1]) == pytest.approx(0.5)


def test_ties_count_as_the_mean_over_their_orders():
    for seed in range(6):
        rng = np.random.default_rng(seed)
        certainties, right = rng.integers(0, 3, 7) / 3, rng.integers(0, 2, 7)
        assert score(certainties, right) == pytest.approx(naive(certainties, right), abs=1e-9)


def test_without_ties_it_agrees_with_a_naive_loop():
    for seed in range(5):
        certainties, right = drawn(40, seed)
        wrong = [1 - r for _, r in sorted(zip(certainties, right, strict=True), reverse=True)]
        assert score(certainties, right) == pytest.approx(sum(sum(wrong[:k]) / k for k in range(1, 41)) / 40, abs=1e-9)


def test_the_least_area_is_what_the_best_order_of_many_answers_has():
    n = 20_000
    for risk in (0.0, 0.1, 0.5, 0.9, 1.0):
        wrong = np.arange(n) >= n * (1 - risk)
        assert np.mean(np.cumsum(wrong) / np.arange(1, n + 1)) == pytest.approx(least_area(risk), abs=1e-4)


def test_thresholds_are_the_certainties_with_their_counts_and_risks():
    levels, counts, found = thresholds(Certain(np.array([0.5, 0.9, 0.5, 0.1]), np.array([True, True, False, False])))
    assert levels.tolist() == [0.9, 0.5, 0.1]
    assert counts.tolist() == [1, 3, 4]
    assert found == pytest.approx([0, 1 / 3, 1 / 2])
    assert len(risks(Certain(np.zeros(0), np.zeros(0, bool)))) == 0


def test_nothing_to_judge_is_undefined():
    assert score([], []) is None
    assert Aurc()(silenced(answers([0.4], [1]))) == [None]
