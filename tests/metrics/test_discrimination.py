import numpy as np
import pytest

from bench.metrics.discrimination import Discrimination
from tests.judges.cells import case, honest

SCORE = Discrimination()


def cell(*texts):
    return [case(f"z{k}", text, held_out=0, scale=1) for k, text in enumerate(texts)]


def test_all_different_is_one_and_all_the_same_is_zero():
    assert SCORE(honest()) == [pytest.approx(1.0)]
    assert SCORE(cell("It grows.", "it grows", "It grows!")) == [0.0]


def test_half_and_half_of_four_is_a_half():
    assert SCORE(cell("a", "a", "b", "b")) == [pytest.approx(0.5)]


def test_it_agrees_with_scipy():
    from scipy.stats import entropy

    texts = np.random.default_rng(0).choice(list("abcdef"), 40).tolist()
    counts = [texts.count(text) for text in set(texts)]
    assert SCORE(cell(*texts)) == [pytest.approx(entropy(counts) / np.log(40), abs=1e-12)]


def test_abstentions_are_one_label_and_failures_none():
    assert SCORE(cell(None, None, "a", "b")) == SCORE(cell("x", "x", "a", "b"))
    failed = case("z9", None, failure="refused", held_out=0, scale=1)
    assert SCORE([*cell("a", "b"), failed]) == [1.0]


def test_inactive_units_are_left_out():
    assert SCORE([*cell("a", "a"), case("z8", "b"), case("z9", "c")]) == [0.0]


def test_fewer_than_two_active_units_are_undefined():
    assert SCORE([]) == SCORE(cell("a")) == SCORE([case("z0", "a"), case("z1", "b")]) == [None]
