import pytest

from bench.metrics.bleu import Bleu
from bench.metrics.told import references


@pytest.fixture
def score(judge):
    return lambda *args, over="best", **fields: Bleu(over=over)([judge(*args, **fields)])[0]


def test_a_reference_scores_one(judge, score):
    for reference in references(judge("x", scale=1)):
        assert score(reference, scale=1) == pytest.approx(1.0)


def test_no_word_in_common_scores_next_to_nothing(score):
    assert score("Prices fell on Tuesday in London, Paris and New York after a quiet week of trade", scale=1) < 0.04


def test_by_hand():
    # 5 of 6 words, 3 of 5 pairs, 1 of 4 triples and no four of a row: smoothed to 1 / (2 * 3).
    expected = (5 / 6 * 3 / 5 * 1 / 4 * (1 / 2) / 3) ** 0.25
    assert Bleu(over="best")._bleu("the cat sat on the mat", "the cat is on the mat") == pytest.approx(expected)


def test_a_short_text_is_judged_by_the_orders_it_has_and_pays_for_brevity():
    from math import exp

    assert Bleu(over="best")._bleu("the shape", "the shape grows larger") == pytest.approx(exp(1 - 4 / 2))


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("the shape moves slowly to the right", "step by step the shape moves to the right"),
        ("the shape grows larger and larger and turns", "the shape grows larger and turns to the left"),
        ("the object turns", "the shape moves up and turns around"),
    ],
)
def test_it_agrees_with_nltk(text, reference):
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

    orders = min(4, len(text.split()))
    theirs = sentence_bleu(
        [reference.split()], text.split(), weights=[1 / orders] * orders, smoothing_function=SmoothingFunction().method3
    )
    assert Bleu(over="best")._bleu(text, reference) == pytest.approx(theirs, abs=1e-9)


def test_the_mean_over_references_is_below_the_best(judge, score):
    text = references(judge("x", scale=1))[0]
    assert score(text, scale=1, over="mean") < score(text, scale=1)


def test_case_does_not_matter(judge, score):
    text = references(judge("x", scale=1))[0]
    assert score(text.upper(), scale=1) == pytest.approx(1.0)


def test_without_an_answer_or_a_reference_it_is_undefined(score):
    assert score(None, scale=1) is None
    assert score("It grows.") is None
    assert score(" ", scale=1) == 0.0
