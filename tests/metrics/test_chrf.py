from collections import Counter

import pytest
from pydantic import ValidationError

from bench.metrics.chrf import Chrf
from bench.metrics.told import references


@pytest.fixture
def score(judge):
    return lambda *args, over="best", **fields: Chrf(word_order=0, over=over)([judge(*args, **fields)])[0]


def naive(text, reference, longest=6, beta=2):
    """F of the mean precision and recall over the orders that both texts have."""
    text, reference = ("".join(one.lower().split()) for one in (text, reference))
    precisions, recalls = [], []
    for n in range(1, longest + 1):
        mine, theirs = (Counter(one[i : i + n] for i in range(len(one) - n + 1)) for one in (text, reference))
        if mine and theirs:
            hits = sum((mine & theirs).values())
            precisions.append(hits / sum(mine.values()))
            recalls.append(hits / sum(theirs.values()))
    p, r = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return (1 + beta**2) * p * r / (beta**2 * p + r) if p + r else 0.0


def test_a_reference_scores_one(judge, score):
    for reference in references(judge("x", scale=1)):
        assert score(reference, scale=1) == pytest.approx(1.0)


def test_no_letter_in_common_scores_zero():
    assert Chrf(word_order=0, over="best")._chrf("xyz", "the shape grows") == 0.0


def test_by_hand():
    # One letter of two on both sides, and no pair: the mean over the two orders that both have.
    assert Chrf(word_order=0, over="best")._chrf("ab", "ac") == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("The shape moves slowly to the right.", "Step by step, the shape moves to the right."),
        ("It grows.", "The shape grows larger and larger."),
        ("It turns", "The shape rotates"),
    ],
)
def test_it_agrees_with_a_naive_loop(text, reference):
    assert Chrf(word_order=0, over="best")._chrf(text, reference) == pytest.approx(naive(text, reference), abs=1e-9)


def test_words_count_too_when_asked():
    plain, plus = (Chrf(word_order=n, over="best")._chrf("the shape grow", "the shape grows") for n in (0, 2))
    assert plus < plain


def test_inflection_costs_less_than_another_word():
    chrf = Chrf(word_order=0, over="best")
    inflected, other = (chrf._chrf(f"the shape {word} larger", "the shape grows larger") for word in ("grow", "looks"))
    assert other + 0.05 < inflected < 1


def test_the_mean_over_references_is_below_the_best(judge, score):
    text = references(judge("x", scale=1))[0]
    assert score(text, scale=1, over="mean") < score(text, scale=1)


def test_without_an_answer_or_a_reference_it_is_undefined(score):
    assert score(None, scale=1) is None
    assert score("It grows.") is None
    assert score(" ", scale=1) == 0.0


def test_a_negative_word_order_is_refused():
    with pytest.raises(ValidationError):
        Chrf(word_order=-1, over="best")
