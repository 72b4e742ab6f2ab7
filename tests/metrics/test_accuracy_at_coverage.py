import pytest
from pydantic import ValidationError

from bench.metrics.accuracy_at_coverage import AccuracyAtCoverage
from tests.metrics.sure import answers, drawn, silenced


def score(certainties, right, coverage=0.8):
    return AccuracyAtCoverage(coverage=coverage)(answers(certainties, right))[0]


def test_leaving_out_the_wrong_ones_scores_one():
    assert score([0.9, 0.8, 0.7, 0.6, 0.1], [1, 1, 1, 1, 0]) == 1.0


def test_keeping_the_wrong_ones_only_scores_zero():
    assert score([0.9, 0.1], [0, 1], coverage=0.5) == 0.0


def test_by_hand():
    assert score([0.9, 0.8, 0.7, 0.6, 0.1], [1, 0, 1, 1, 0]) == pytest.approx(3 / 4)


def test_a_share_is_rounded_up_and_not_by_rounding_errors():
    ten = [1 - i / 10 for i in range(10)]
    many = [1 - i / 25 for i in range(25)]
    assert score(many, [1] * 7 + [0] * 18, coverage=0.28) == 1.0
    assert score(ten, [1] * 7 + [0] * 3, coverage=0.71) == pytest.approx(7 / 8)


def test_equal_certainties_count_as_their_average():
    assert score([0.9, 0.5, 0.5], [1, 1, 0], coverage=2 / 3) == pytest.approx(0.75)


def test_it_agrees_with_a_naive_loop():
    for seed in range(5):
        certainties, right = drawn(30, seed)
        kept = [r for _, r in sorted(zip(certainties, right, strict=True), reverse=True)][:24]
        assert score(certainties, right) == pytest.approx(sum(kept) / 24, abs=1e-9)


def test_everything_kept_is_the_accuracy():
    certainties, right = drawn(30, 0)
    assert score(certainties, right, coverage=1.0) == pytest.approx(right.mean())


def test_nothing_to_judge_is_undefined():
    assert score([], []) is None
    assert AccuracyAtCoverage(coverage=0.8)(silenced(answers([0.4], [1]))) == [None]


def test_a_coverage_of_zero_is_refused():
    with pytest.raises(ValidationError):
        score([], [], coverage=0.0)
