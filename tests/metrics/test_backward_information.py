"""The information form of backward simulatability (M1)."""

import asyncio
from dataclasses import replace
from math import log

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from bench.errors import ClientError
from bench.metrics.backward_information import BackwardInformation, information
from tests.judges.cells import Reader, Table, case, honest, measured


def run(cases, judge=None, strips=None):
    return asyncio.run(BackwardInformation(judge=judge or measured(), strips=strips)(cases))[0]


def said(texts):
    return [replace(one, explanation=replace(one.explanation, text=text)) for one, text in zip(honest(), texts, strict=True)]


def test_true_answers_tell_everything():
    assert run(honest()) == 1.0


def test_answers_swapped_throughout_tell_as_much():
    texts = [one.explanation.text for one in honest()]
    assert run(said(texts[1:] + texts[:1])) == 1.0


def test_one_answer_for_all_units_tells_nothing():
    assert run(said(["The object grows larger."] * 5)) == 0.0


def test_a_judge_that_ties_everywhere_tells_nothing():
    assert run(honest(), Table({})) == 0.0


def test_two_pairs_that_are_mixed_up_tell_the_half_that_is_left():
    """Four meanings, taken in two pairs: log 2 of log 4; Miller-Madow adds (3 + 3 - 7) / (2 * 8)."""
    cases = honest()[:4]
    texts = [one.explanation.text for one in cases]
    pairs = [{"z0": 1.0, "z1": 1.0}, {"z0": 1.0, "z1": 1.0}, {"z2": 1.0, "z3": 1.0}, {"z2": 1.0, "z3": 1.0}]
    found = run(cases, Table(dict(zip(texts, pairs, strict=True))))
    assert found == pytest.approx((log(2) - 1 / 16) / log(4))


def test_information_without_its_correction_agrees_with_scikit_learn():
    counts = np.random.default_rng(0).integers(0, 9, (4, 5)).astype(float)
    correction = (3 + 4 - (np.count_nonzero(counts) - 1)) / (2 * counts.sum())
    theirs = mutual_info_score(None, None, contingency=counts)
    assert information(counts) == pytest.approx(max(theirs + correction, 0), abs=1e-9)


def test_the_correction_takes_most_of_the_bias_away():
    rng = np.random.default_rng(0)
    drawn = [rng.multinomial(60, [1 / 16] * 16).reshape(4, 4).astype(float) for _ in range(200)]
    plain = np.mean([mutual_info_score(None, None, contingency=counts) for counts in drawn])
    assert np.mean([information(counts) for counts in drawn]) < plain / 2


def test_a_reader_that_chooses_is_shown_all_active_strips_and_may_take_none():
    right = Reader(lambda text, names: names.index({one.explanation.text: one.unit.name for one in honest()}[text]))
    assert run(honest(), right, strips=1) == 1.0
    assert {len(shown) for shown in right.shown} == {5}
    none = Reader(lambda text, names: None)
    assert run(honest(), none) == 0.0


def test_answers_of_no_use_are_left_out():
    def fails(text, names):
        raise ClientError("refused", "no")

    assert run(honest(), Reader(fails)) is None
    partly = Reader(lambda text, names: fails(text, names) if "larger" in text else names.index("z0") if "right" in text else 1)
    assert 0 < run(honest(), partly) < 1


def test_units_that_mean_the_same_count_as_one():
    twice = [*honest(), case("z5", "The object grows larger.", scale=1)]
    assert run(twice) == 1.0


def test_inactive_units_and_abstentions_are_left_out():
    assert run([*honest(), case("z8", "The object grows larger."), case("z9", None, scale=-1)]) == pytest.approx(1.0, abs=0.2)


def test_fewer_than_two_meanings_are_undefined():
    assert run([]) is run(honest()[:1]) is run([case("z0", "It grows."), case("z1", "It shrinks.")]) is None
