import pytest

from bench.metrics.certainty_auprc import CertaintyAuprc
from tests.metrics.sure import answers, drawn, silenced

auprc = CertaintyAuprc()


def score(certainties, right):
    return auprc(answers(certainties, right))[0]


def test_right_answers_first_score_one():
    assert score([0.9, 0.8, 0.3], [1, 1, 0]) == pytest.approx(1.0)


def test_by_hand():
    assert score([0.9, 0.8, 0.3], [0, 1, 1]) == pytest.approx((1 / 2 + 2 / 3) / 2)


def test_one_certainty_for_all_gives_the_share_of_right_answers():
    assert score([0.5] * 4, [1, 0, 0, 0]) == pytest.approx(0.25)


@pytest.mark.parametrize("levels", [None, 4])
def test_it_agrees_with_scikit_learn(levels):
    from sklearn.metrics import average_precision_score

    for seed in range(10):
        certainties, right = drawn(30, seed, levels)
        assert score(certainties, right) == pytest.approx(average_precision_score(right, certainties), abs=1e-9)


@pytest.mark.parametrize("right", [[1, 1], [0, 0], []])
def test_one_class_only_is_undefined(right):
    assert score([0.4] * len(right), right) is None


def test_what_cannot_be_judged_is_left_out():
    judged = answers([0.9, 0.2, 0.6], [1, 0, 0])
    assert auprc(judged + silenced(judged)) == auprc(judged)
