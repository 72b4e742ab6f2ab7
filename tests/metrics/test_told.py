from dataclasses import replace

import pytest

from bench.metrics.told import compared, pooled, references, told
from bench.metrics.words import words


def letters(text, reference):
    """A similarity that is easy to follow: the share of the reference's words that the text has."""
    return len(set(words(text)) & set(words(reference))) / len(set(words(reference)))


def test_the_best_reference_counts_or_their_mean(judge):
    case = judge("The shape grows larger.", scale=1)
    values = [letters("The shape grows larger.", reference) for reference in references(case)]
    assert len(set(values)) > 1
    assert compared([case], letters, "best") == [max(values)]
    assert compared([case], letters, "mean") == pytest.approx([sum(values) / len(values)])


def test_what_has_no_answer_or_no_reference_is_undefined(judge):
    lacking = [
        judge(None, scale=1),
        judge("It grows.", failure="refused", scale=1),
        judge("It grows.", known=False),
        judge("It grows."),
    ]
    assert compared(lacking, letters, "best") == [None] * 4
    assert [told(case) for case in lacking] == [None] * 4


def test_a_blank_answer_scores_zero_without_being_compared(judge):
    def never(text, reference):
        raise AssertionError

    assert compared([judge(" \n", scale=1)], never, "best") == [0.0]


def test_equal_texts_are_compared_once(judge):
    asked = []
    compared([judge("It grows.", scale=1)] * 5, lambda text, reference: asked.append(reference) or 0.5, "best")
    assert len(asked) == len(set(asked))


def test_pooling_by_hand():
    assert pooled([0.2, 0.8], "best") == 0.8
    assert pooled([0.2, 0.8], "mean") == 0.5


def test_words_are_lower_case_without_punctuation():
    assert words("The shape's size, (mostly) GROWS: 3-fold!") == ["the", "shape's", "size", "mostly", "grows", "3", "fold"]


def test_what_people_wrote_comes_after_what_is_generated_and_once(judge):
    case = judge("It grows.", scale=1)
    generated = references(case)
    human = replace(case, references=("Bigger and bigger.", generated[0], "Bigger and bigger."))
    assert references(human) == (*generated, "Bigger and bigger.")


def test_what_people_wrote_is_compared_with_the_best_and_in_the_mean(judge):
    case = judge("Bigger and bigger.", scale=1)
    human = replace(case, references=("Bigger and bigger.",))
    assert compared([case], letters, "best")[0] < compared([human], letters, "best")[0] == 1.0
    n, mean = len(references(case)), compared([case], letters, "mean")[0]
    assert compared([human], letters, "mean") == pytest.approx([(n * mean + 1) / (n + 1)])


def test_what_people_wrote_is_enough_where_nobody_knows_the_truth(judge):
    human = replace(judge("It grows.", known=False), references=("It grows.",))
    assert compared([human], letters, "best") == [1.0]


def test_an_inactive_unit_has_no_references_whatever_people_wrote(judge):
    assert references(replace(judge("It grows."), references=("It grows.",))) == ()
