import random

import pytest

from bench.metrics.abstention_f1 import AbstentionF1


@pytest.fixture
def score(judge):
    def value(*cases):
        (value,) = AbstentionF1()([judge(text, **fields) for text, fields in cases])
        return value

    return value


def test_silence_on_inactive_units_only_scores_one(score):
    assert score((None, {}), ("It grows.", {"scale": 1})) == 1.0


def test_silence_on_other_units_only_scores_zero(score):
    assert score(("It grows.", {}), (None, {"scale": 1})) == 0.0


def test_a_hand_derived_count(score):
    # Two right silences, one wrong, one missed: 2·2 / (2·2 + 1 + 1).
    assert score((None, {}), (None, {}), (None, {"scale": 1}), ("It grows.", {})) == pytest.approx(4 / 6)


def test_nothing_inactive_and_nobody_silent_is_undefined(score):
    assert score(("It grows.", {"scale": 1})) is None
    assert score() is None


def test_failures_and_unknown_truths_are_left_out(score):
    out = [(None, {"failure": "refused"}), (None, {"known": False}), (None, {"status": "ambiguous"})]
    assert score((None, {}), *out) == 1.0
    assert score(*out) is None


def test_it_agrees_with_scikit_learn(score):
    from sklearn.metrics import f1_score

    drawn = random.Random(0)
    for n in (3, 10, 100):
        pairs = [(drawn.random() < 0.4, drawn.random() < 0.5) for _ in range(n)]
        cases = [(None if silent else "It grows.", {} if inactive else {"scale": 1}) for inactive, silent in pairs]
        assert score(*cases) == pytest.approx(f1_score(*zip(*pairs, strict=True), zero_division=0.0))
