import numpy as np
import pytest

from bench.metrics.overconfidence import Overconfidence
from tests.metrics.sure import answers, drawn, silenced


def score(certainties, right):
    return Overconfidence()(answers(certainties, right))[0]


def test_a_certainty_that_equals_the_accuracy_scores_zero():
    assert score([0.5, 0.5], [1, 0]) == 0.0


def test_sure_and_wrong_scores_one_and_unsure_and_right_minus_one():
    assert score([1.0, 1.0], [0, 0]) == 1.0
    assert score([0.0, 0.0], [1, 1]) == -1.0


def test_zero_is_best_so_no_table_prefers_the_smallest():
    assert Overconfidence.higher_is_better is None


def test_by_hand():
    assert score([0.9, 0.7, 0.8], [1, 0, 0]) == pytest.approx(0.8 - 1 / 3)


def test_it_is_the_sum_of_signed_gaps_over_any_bins():
    certainties, right = drawn(30, 0)
    order = np.argsort(certainties)
    for bins in (1, 4, 9):
        gaps = [len(part) / 30 * (certainties[part].mean() - right[part].mean()) for part in np.array_split(order, bins)]
        assert score(certainties, right) == pytest.approx(sum(gaps), abs=1e-9)


def test_nothing_to_judge_is_undefined():
    assert score([], []) is None
    assert Overconfidence()(silenced(answers([0.4], [1]))) == [None]
