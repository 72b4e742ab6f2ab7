import pytest

from bench.metrics.abstention_recall import AbstentionRecall


@pytest.fixture
def score(judge):
    return lambda *args, **fields: AbstentionRecall()([judge(*args, **fields)])[0]


def test_silence_on_an_inactive_unit_finds_it(score):
    assert score(None) == 1.0


def test_an_answer_on_an_inactive_unit_misses_it(score):
    assert score("It grows.") == 0.0


def test_other_units_are_not_judged(score):
    assert score(None, scale=1) is None
    assert score("It grows.", scale=1) is None


def test_failures_and_unknown_truths_are_undefined(score):
    assert score(None, failure="refused") is None
    assert score(None, known=False) is None
    assert score(None, status="ambiguous") is None


def test_the_mean_is_the_recall_of_scikit_learn(judge):
    from sklearn.metrics import recall_score

    cases = [judge(None), judge(None, scale=1), judge(None), judge("It grows."), judge("It grows.", scale=1)]
    known = [value for value in AbstentionRecall()(cases) if value is not None]
    assert sum(known) / len(known) == pytest.approx(recall_score([1, 0, 1, 1, 0], [1, 1, 1, 0, 0]))
