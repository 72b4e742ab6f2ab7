import pytest

from bench.metrics.set_f1 import SetF1


@pytest.fixture
def score(judge):
    return lambda *args, **fields: SetF1()([judge(*args, **fields)])[0]


def test_naming_exactly_the_true_factors_scores_one(score):
    assert score("It moves right and grows.", position_x=1, scale=1) == 1.0


def test_naming_none_of_the_true_factors_scores_zero(score):
    assert score("It rotates.", position_x=1, scale=1) == 0.0


def test_half_right_scores_by_hand(score):
    assert score("It grows.", position_x=1, scale=1) == pytest.approx(2 / 3)
    assert score("It moves right, grows and rotates.", position_x=1) == pytest.approx(2 / 4)


def test_directions_do_not_matter(score):
    assert score("It shrinks.", scale=1) == 1.0


def test_an_answer_on_an_inactive_unit_scores_zero_whatever_it_says(score):
    assert score("It grows.") == 0.0
    assert score("Nothing changes.") == 0.0


def test_an_answer_of_which_nothing_can_be_read_scores_zero(score):
    assert score("Hmm.", scale=1) == 0.0


def test_abstentions_failures_and_unknown_truths_are_undefined(score):
    assert score(None, scale=1) is None
    assert score("It grows.", scale=1, failure="refused") is None
    assert score("It grows.", known=False) is None
    assert score("It grows.", status="ambiguous", scale=1) is None


def test_it_agrees_with_scikit_learn(judge):
    from sklearn.metrics import f1_score

    factors = ("shape", "scale", "orientation", "position_x", "position_y")
    told = {"It grows and rotates.": (0, 1, 1, 0, 0), "It moves.": (0, 0, 0, 1, 1), "Its shape changes.": (1, 0, 0, 0, 0)}
    for text, named in told.items():
        for true in ((0, 1, 0, 0, 0), (1, 1, 1, 1, 1), (0, 0, 1, 1, 0)):
            case = judge(text, **{factor: None for factor, flag in zip(factors, true, strict=True) if flag})
            assert SetF1()([case])[0] == pytest.approx(f1_score(true, named, zero_division=0.0))
