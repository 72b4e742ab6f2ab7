import numpy as np
import pytest

from bench.artifacts import Case, Explanation, Unit, UnitTraversals
from bench.component import component
from bench.datasets.vocabulary import Vocabulary
from bench.metrics.embedding_similarity import EmbeddingSimilarity
from bench.metrics.told import references


@component
class Letters:
    """Counts of letters, of length one: an encoder that can be followed by hand."""

    def __call__(self, texts):
        counts = np.array([[text.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts], np.float32)
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)


@component
class Axes:
    """ "Nothing." points one way, every other text the opposite way."""

    def __call__(self, texts):
        return np.array([[-1.0, 0.0] if text == "Nothing." else [1.0, 0.0] for text in texts], np.float32)


@pytest.fixture
def score(judge):
    def made(*args, over="best", encoder=None, **fields):
        return EmbeddingSimilarity(encoder=encoder or Letters(), over=over)([judge(*args, **fields)])[0]

    return made


@pytest.fixture(scope="module")
def minilm():
    from bench.encoders.sentence_transformer import SentenceEncoder

    return SentenceEncoder(model="packaged", revision=None, device="cpu", batch_size=8)


def test_a_reference_scores_one(judge, score):
    assert score(references(judge("x", scale=1))[0], scale=1) == pytest.approx(1.0)


def test_the_opposite_direction_scores_minus_one(score):
    assert score("Nothing.", encoder=Axes(), scale=1) == -1.0


def answered(text, reference):
    """A case with one reference, written by a person."""
    unit = UnitTraversals(Unit("z0", (0,)), (), ())
    return Case(unit, None, Explanation("z0", text), Vocabulary("the shape", ()), references=(reference,))


def test_by_hand():
    metric = EmbeddingSimilarity(encoder=Letters(), over="best")
    assert metric([answered("ab", "abbb")])[0] == pytest.approx((1 + 3) / np.sqrt(2 * 10))


def test_the_mean_over_references_is_below_the_best(judge, score):
    text = references(judge("x", scale=1))[0]
    assert score(text, scale=1, over="mean") < score(text, scale=1)


def test_each_text_is_encoded_once(judge):
    asked = []

    @component
    class Counting:
        def __call__(self, texts):
            asked.append(tuple(texts))
            return np.ones((len(texts), 1), np.float32)

    metric = EmbeddingSimilarity(encoder=Counting(), over="best")
    cases = [judge("It grows.", scale=1)] * 3
    assert metric(cases) + metric(cases) == [1.0] * 6
    sent = [text for texts in asked for text in texts]
    assert len(sent) == len(set(sent)) > 1


def test_it_agrees_with_sentence_transformers(minilm):
    from sentence_transformers import util

    metric = EmbeddingSimilarity(encoder=minilm, over="best")
    one, other = "The weather is lovely today.", "It's so sunny outside!"
    theirs = float(util.cos_sim(minilm([one]), minilm([other]))[0, 0])
    assert metric([answered(one, other)])[0] == pytest.approx(theirs, abs=1e-6)
    assert theirs == pytest.approx(0.6660, abs=1e-4)  # as the model's own page says


def test_another_wording_of_the_truth_is_nearer_than_another_topic(score, minilm):
    right, wrong = "It becomes bigger and bigger.", "Bread is best when fresh."
    assert score(right, scale=1, encoder=minilm) > score(wrong, scale=1, encoder=minilm) + 0.3


def test_without_an_answer_or_a_reference_it_is_undefined(score):
    assert score(None, scale=1) is None
    assert score("It grows.") is None
    assert score(" ", scale=1) == 0.0
