import pytest

from bench.metrics.sign_accuracy import SignAccuracy


@pytest.fixture
def score(judge):
    return lambda *args, **fields: SignAccuracy()([judge(*args, **fields)])[0]


def test_right_directions_score_one(score):
    assert score("It moves right and shrinks.", position_x=1, scale=-1) == 1.0


def test_wrong_directions_score_zero(score):
    assert score("It moves left and grows.", position_x=1, scale=-1) == 0.0


def test_an_untold_direction_scores_a_half(score):
    assert score("Its size changes.", scale=1) == 0.5


def test_directions_are_averaged_by_hand(score):
    assert score("It moves right, grows and rotates.", position_x=1, scale=-1, orientation=1) == pytest.approx((1 + 0 + 0.5) / 3)


def test_factors_that_only_one_side_names_do_not_count(score):
    assert score("It moves right and rotates clockwise.", position_x=1, scale=-1) == 1.0


def test_factors_whose_true_direction_is_unknown_do_not_count(score):
    assert score("It moves right and rotates clockwise.", position_x=1, orientation=None) == 1.0


def test_nothing_to_compare_is_undefined(score):
    assert score("It rotates.", scale=1) is None
    assert score("It rotates clockwise.", orientation=None) is None
    assert score("It grows.") is None


def test_abstentions_failures_and_unknown_truths_are_undefined(score):
    assert score(None, scale=1) is None
    assert score("It grows.", scale=1, failure="refused") is None
    assert score("It grows.", known=False) is None
    assert score("It grows.", status="ambiguous", scale=1) is None


def test_reversing_every_true_sign_reverses_the_score(score):
    for text in ("It moves right and grows.", "It moves right; its size changes."):
        forward, backward = score(text, position_x=1, scale=-1), score(text, position_x=-1, scale=1)
        assert forward + backward == pytest.approx(1)
