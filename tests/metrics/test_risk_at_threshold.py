import numpy as np
import pytest

from bench.metrics.dev_split import is_dev
from bench.metrics.risk_at_threshold import RiskAtThreshold
from bench.metrics.selection import selection
from tests.metrics.sure import answer, answers, drawn, silenced


def score(certainties, right, risk=0.1, chosen_on="dev"):
    return RiskAtThreshold(risk=risk, chosen_on=chosen_on)(answers(certainties, right))[0]


def sides(n):
    return [is_dev(answer(0.5, True, i)) for i in range(n)]


def test_a_certainty_that_carries_over_keeps_its_promise():
    right = [i % 2 == 0 for i in range(40)]
    assert score([0.9 if r else 0.1 for r in right], right) == 0.0


def test_a_certainty_that_turns_round_on_test_units_breaks_it():
    right = [i % 3 == 0 for i in range(40)]
    certainties = [0.9 if r == dev else 0.1 for r, dev in zip(right, sides(40), strict=True)]
    assert score(certainties, right) == 1.0


def test_by_hand():
    dev = sides(40)
    rng = np.random.default_rng(0)
    right = rng.random(40) < 0.5
    certainties = [(1.0 if r else 0.0) if d else 0.5 + (i % 2) / 2 for i, (r, d) in enumerate(zip(right, dev, strict=True))]
    kept = [r for r, c, d in zip(right, certainties, dev, strict=True) if not d and c >= 1.0]
    assert 0 < sum(kept) < len(kept)
    assert score(certainties, right) == pytest.approx(1 - sum(kept) / len(kept))


def test_a_threshold_that_keeps_nothing_is_undefined():
    dev = sides(40)
    assert score([1.0 if d else 0.5 for d in dev], [1] * 40) is None
    assert score([0.5] * 40, [0] * 40) is None
    assert RiskAtThreshold(risk=0.1, chosen_on="dev")(silenced(answers([0.4], [1]))) == [None]


def test_a_conformal_threshold_is_judged_by_what_it_keeps():
    certainties, right = drawn(90, 1)
    kept = selection(answers(certainties, right), 0.4, "conformal")
    assert 0 < kept.answers.true[kept.kept].mean() < 1
    assert score(certainties, right, 0.4, "conformal") == pytest.approx(1 - kept.answers.true[kept.kept].mean())
    assert score(certainties, right, 0.4, "conformal") != score(certainties, right, 0.4, "dev")
