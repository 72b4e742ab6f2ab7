import pytest

from bench.metrics.rouge_l import RougeL
from bench.metrics.told import references


@pytest.fixture
def score(judge):
    return lambda *args, over="best", stem=True, **fields: RougeL(stem=stem, over=over)([judge(*args, **fields)])[0]


def naive(text, reference):
    mine, theirs = text.lower().split(), reference.lower().split()
    longest = {}
    for i in range(len(mine) + 1):
        for j in range(len(theirs) + 1):
            if not i or not j:
                longest[i, j] = 0
            elif mine[i - 1] == theirs[j - 1]:
                longest[i, j] = longest[i - 1, j - 1] + 1
            else:
                longest[i, j] = max(longest[i - 1, j], longest[i, j - 1])
    return 2 * longest[len(mine), len(theirs)] / (len(mine) + len(theirs))


def test_a_reference_scores_one(judge, score):
    for reference in references(judge("x", scale=1)):
        assert score(reference, scale=1) == pytest.approx(1.0)


def test_no_word_in_common_scores_zero(score):
    assert score("Prices fell", scale=1) == 0.0


def test_by_hand():
    rouge = RougeL(stem=False, over="best")
    assert rouge._rouge("police killed the gunman", "police kill the gunman") == pytest.approx(3 / 4)
    assert rouge._rouge("the gunman kill police", "police kill the gunman") == pytest.approx(2 / 4)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("the shape moves slowly to the right", "step by step the shape moves to the right"),
        ("the shape grows larger and larger and turns", "turns the shape and grows"),
        ("it turns", "the shape moves up and turns around"),
    ],
)
def test_it_agrees_with_a_naive_table(text, reference):
    assert RougeL(stem=False, over="best")._rouge(text, reference) == pytest.approx(naive(text, reference), abs=1e-9)


def test_stems_match_when_asked():
    assert RougeL(stem=True, over="best")._rouge("it grows", "it growing") == pytest.approx(1.0)
    assert RougeL(stem=False, over="best")._rouge("it grows", "it growing") == pytest.approx(0.5)


def test_the_mean_over_references_is_below_the_best(judge, score):
    text = references(judge("x", scale=1))[0]
    assert score(text, scale=1, over="mean") < score(text, scale=1)


def test_without_an_answer_or_a_reference_it_is_undefined(score):
    assert score(None, scale=1) is None
    assert score("It grows.") is None
    assert score(" ", scale=1) == 0.0
