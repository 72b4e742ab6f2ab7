import pytest

from bench.metrics.abstention_precision import AbstentionPrecision


@pytest.fixture
def score(judge):
    return lambda *args, **fields: AbstentionPrecision()([judge(*args, **fields)])[0]


def test_silence_on_an_inactive_unit_is_right(score):
    assert score(None) == 1.0


def test_silence_on_any_other_unit_is_wrong(score):
    assert score(None, scale=1) == 0.0
    assert score(None, scale=1, position_x=1, status="entangled") == 0.0


def test_an_answer_is_not_judged(score):
    assert score("It grows.") is None
    assert score("It grows.", scale=1) is None


def test_failures_and_unknown_truths_are_undefined(score):
    assert score(None, failure="refused") is None
    assert score(None, known=False) is None
    assert score(None, status="ambiguous", scale=1) is None


def test_the_mean_is_the_precision_of_scikit_learn(judge):
    from sklearn.metrics import precision_score

    cases = [judge(None), judge(None, scale=1), judge(None), judge("It grows."), judge("It grows.", scale=1)]
    known = [value for value in AbstentionPrecision()(cases) if value is not None]
    assert sum(known) / len(known) == pytest.approx(precision_score([1, 0, 1, 1, 0], [1, 1, 1, 0, 0]))
