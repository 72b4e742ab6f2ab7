import pytest

from bench.metrics.certainty_brier import CertaintyBrier
from tests.metrics.sure import answers, drawn, silenced


def score(certainties, right, calibration="none"):
    return CertaintyBrier(calibration=calibration)(answers(certainties, right))[0]


def test_sure_and_right_or_unsure_and_wrong_scores_zero():
    assert score([1.0, 0.0], [1, 0]) == 0.0


def test_sure_and_wrong_scores_one():
    assert score([1.0, 1.0], [0, 0]) == 1.0


def test_by_hand():
    assert score([0.9, 0.6], [1, 0]) == pytest.approx((0.01 + 0.36) / 2)


def test_it_agrees_with_scikit_learn():
    from sklearn.metrics import brier_score_loss

    for seed in range(10):
        certainties, right = drawn(30, seed)
        assert score(certainties, right) == pytest.approx(brier_score_loss(right, certainties), abs=1e-9)


def test_nothing_to_judge_is_undefined():
    assert score([], []) is None
    assert CertaintyBrier(calibration="none")(silenced(answers([0.4], [1]))) == [None]


@pytest.mark.parametrize("how", ["isotonic", "platt"])
def test_fitting_turns_a_certainty_that_is_the_wrong_way_round_into_one_that_is_useless_at_worst(how):
    right = [1, 0] * 100
    backwards = [0.1 if r else 0.9 for r in right]
    assert score(backwards, right) == pytest.approx(0.81)
    assert score(backwards, right, how) < 0.26
