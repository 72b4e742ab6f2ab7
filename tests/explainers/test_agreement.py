import numpy as np
import pytest

from bench.explainers.agreement import certainty, most_agreed, similarity

TEXTS = (
    "The shape grows from left to right.",
    "The object's size increases; it GROWS steadily.",
    "I see a 2D heart, a bit rotated, naïve café_au_lait",
    "Colour: red -> green. A B c",
    "the the the",
)


def test_equals_the_count_vectoriser_and_cosine_of_the_published_evaluation() -> None:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.metrics.pairwise import cosine_similarity

    expected = cosine_similarity(CountVectorizer().fit_transform(TEXTS))
    np.testing.assert_allclose(similarity(TEXTS), expected, atol=1e-12)


def test_similarity_by_hand() -> None:
    # counts over (grows, it, shape, the): (1, 0, 1, 1) and (1, 1, 0, 2): 3 / sqrt(3 * 6)
    np.testing.assert_allclose(similarity(["The shape grows", "the the it grows"])[0, 1], 3 / np.sqrt(18))


def test_opposite_meanings_look_alike_to_a_bag_of_words() -> None:
    wider, smaller = "smile becomes wider from left to right", "smile becomes smaller from left to right"
    assert similarity([wider, smaller])[0, 1] == pytest.approx(6 / 7)


def test_a_text_without_words_is_like_none() -> None:
    assert similarity(["", "a", "size"]).tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 1]]


def test_certainty_is_the_mean_of_different_pairs() -> None:
    alike = np.array([[1.0, 0.2, 0.4], [0.2, 1.0, 0.6], [0.4, 0.6, 1.0]])
    assert certainty(alike) == pytest.approx(0.4)
    assert most_agreed(alike) == 2


def test_certainty_is_one_for_equal_answers_and_none_for_a_single_one() -> None:
    assert certainty(similarity(["it grows a lot"] * 7)) == 1.0
    assert certainty(similarity(["it grows"])) is None


def test_certainty_is_zero_for_answers_without_a_common_word() -> None:
    assert certainty(similarity(["size grows", "colour fades"])) == 0.0


def test_the_first_of_equals_is_kept() -> None:
    assert most_agreed(similarity(["red car", "blue car", "red car", "blue car"])) == 0


def test_order_of_answers_changes_only_their_order() -> None:
    order = [3, 1, 4, 0, 2]
    alike, shuffled = similarity(TEXTS), similarity([TEXTS[i] for i in order])
    np.testing.assert_allclose(shuffled, alike[np.ix_(order, order)])
    assert certainty(shuffled) == pytest.approx(certainty(alike))
    assert order[most_agreed(shuffled)] == most_agreed(alike)
