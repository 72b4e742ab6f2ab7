import pytest

from bench.metrics.exact_set import ExactSet


@pytest.fixture
def score(judge):
    return lambda *args, **fields: ExactSet()([judge(*args, **fields)])[0]


def test_exactly_the_true_factors_score_one(score):
    assert score("It moves right and grows.", position_x=1, scale=1) == 1.0


@pytest.mark.parametrize("text", ["It grows.", "It grows, moves right and rotates.", "It rotates.", "Hmm."])
def test_anything_else_scores_zero(score, text):
    assert score(text, position_x=1, scale=1) == 0.0


def test_directions_do_not_matter(score):
    assert score("It shrinks.", scale=1) == 1.0


@pytest.mark.parametrize("text", ["It grows.", "Nothing changes.", "Hmm."])
def test_an_answer_on_an_inactive_unit_scores_zero_whatever_it_says(score, text):
    assert score(text) == 0.0


def test_abstentions_failures_and_unknown_truths_are_undefined(score):
    assert score(None, scale=1) is None
    assert score(None) is None
    assert score("It grows.", scale=1, failure="refused") is None
    assert score("It grows.", known=False) is None
    assert score("It grows.", status="ambiguous", scale=1) is None


def test_it_agrees_with_scikit_learn(judge):
    from sklearn.metrics import accuracy_score

    told = {"It grows and rotates.": (1, 1, 0), "It rotates.": (0, 1, 0), "Its shape changes.": (0, 0, 1)}
    pairs = [(text, true) for text in told for true in ((1, 1, 0), (0, 1, 0), (1, 1, 1))]
    names = ("scale", "orientation", "shape")
    cases = [judge(text, **{name: None for name, flag in zip(names, true, strict=True) if flag}) for text, true in pairs]
    values = ExactSet()(cases)
    assert sum(values) / len(values) == pytest.approx(
        accuracy_score([list(t) for _, t in pairs], [list(told[x]) for x, _ in pairs])
    )
