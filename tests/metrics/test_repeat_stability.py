from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from bench.component import component
from bench.metrics.repeat_stability import RepeatStability


@component
class Axes:
    """Each first letter points its own way; texts of one letter are equal."""

    def __call__(self, texts):
        return np.array([np.eye(26)[ord(text[0].lower()) - ord("a")] for text in texts], np.float32)


@component
class Drawn:
    """A random vector for each text."""

    def __call__(self, texts):
        vectors = np.array([np.random.default_rng([*text.encode()]).normal(size=5) for text in texts])
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def score(judge):
    def made(*units, encoder=None, **changes):
        cases = [judge(answers[0] if answers else None, scale=1) for answers in units]
        cases = [
            replace(c, explanation=replace(c.explanation, answers=tuple(a), **changes)) for c, a in zip(cases, units, strict=True)
        ]
        return RepeatStability(encoder=encoder or Axes())(cases)[0]

    return made


def test_the_same_of_one_unit_and_something_else_of_others_scores_one(score):
    assert score("aaa", "bbb", "ccc") == 1.0


def test_the_same_of_all_units_scores_zero(score):
    assert score("aaa", "aaa", "aa") == 0.0


def test_never_the_same_of_one_unit_and_the_same_over_units_scores_below_zero(score):
    assert score("ab", "ab") == -0.5


def test_by_hand(score):
    # Within: 1/3 and 1. Between: of 3 × 2 pairs, "a" meets "a" in 2 × 2.
    assert score("aab", "aa") == pytest.approx((1 / 3 + 1) / 2 - 4 / 6)


def test_it_agrees_with_a_naive_loop(score):
    units = [["one", "two", "three", "four"], ["five", "six"], ["seven", "eight", "nine"]]
    vector = {text: Drawn()([text])[0].astype(float) for unit in units for text in unit}
    within = np.mean([np.mean([vector[a] @ vector[b] for a, b in combinations(unit, 2)]) for unit in units])
    between = np.mean([np.mean([vector[a] @ vector[b] for a in u for b in v]) for u, v in combinations(units, 2)])
    assert score(*units, encoder=Drawn()) == pytest.approx(within - between, abs=1e-9)


def test_units_answered_once_tell_nothing(score):
    assert score("aa", "bb", "a", "") == 1.0
    assert score("aa", "b") is None
    assert score() is None


def test_blank_answers_do_not_count(score):
    assert score(["a", " ", "a"], ["b", "", "b"]) == 1.0
    assert score(["a", " "], "bb") is None


def test_abstentions_count_and_failures_do_not(score):
    assert score("aa", "bb", text=None) == 1.0
    assert score("aa", "bb", failure="refused") is None
