import pytest

from bench.metrics.meteor import MeteorNltkExactStem
from bench.metrics.told import references
from bench.metrics.words import words


@pytest.fixture
def score(judge):
    return lambda *args, over="best", **fields: MeteorNltkExactStem(over=over)([judge(*args, **fields)])[0]


meteor = MeteorNltkExactStem(over="best")


def test_a_reference_scores_its_ceiling(judge, score):
    for reference in references(judge("x", scale=1)):
        assert score(reference, scale=1) >= 1 - 0.5 / len(words(reference)) ** 3 - 1e-9


def test_no_word_in_common_scores_zero(score):
    assert score("Prices fell", scale=1) == 0.0


def test_by_hand():
    # All 3 words match, in the order c | a b: 2 chunks.
    assert meteor._meteor("c a b", "a b c") == pytest.approx(1 - 0.5 * (2 / 3) ** 3)
    # P = 2/2, R = 2/4, one chunk.
    f = 1.0 * 0.5 / (0.9 * 1.0 + 0.1 * 0.5)
    assert meteor._meteor("a b", "a b x y") == pytest.approx(f * (1 - 0.5 * (1 / 2) ** 3))


def test_the_example_of_its_paper():
    # Lavie & Agarwal's example as nltk documents it, to four digits.
    text = "It is a guide to action which ensures that the military always obeys the commands of the party"
    reference = "It is a guide to action that ensures that the military will forever heed Party commands"
    assert meteor._meteor(text, reference) == pytest.approx(0.6944, abs=5e-5)


def test_stems_match_and_synonyms_do_not():
    assert meteor._meteor("it growing", "it grows") == pytest.approx(meteor._meteor("it grows", "it grows"))
    assert meteor._meteor("a large dog", "a big dog") == pytest.approx(meteor._meteor("a odd dog", "a big dog"))


def test_recall_counts_more_than_precision(score):
    assert meteor._meteor("a b c d", "a b") > meteor._meteor("a b", "a b c d")


def test_the_mean_over_references_is_below_the_best(judge, score):
    text = references(judge("x", scale=1))[0]
    assert score(text, scale=1, over="mean") < score(text, scale=1)


def test_without_an_answer_or_a_reference_it_is_undefined(score):
    assert score(None, scale=1) is None
    assert score("It grows.") is None
    assert score(" ", scale=1) == 0.0
