"""The conformal threshold against its formula, an independent procedure, and its promise in simulated cells."""

import numpy as np
import pytest

from bench.metrics.certain import Certain
from bench.metrics.dev_split import is_dev
from bench.metrics.selection import lowest, selection, sure
from tests.metrics.sure import answer, answers, drawn, silenced

RUNS = 1500


def cell(n, seed, levels=None):
    return Certain(*drawn(n, seed, levels))


def benjamini_hochberg(dev, certainty, risk):
    """Which hypotheses "this answer is wrong" fall, from their p-values, one by one."""
    wrong = dev.certainty[~dev.true]
    p = [(1 + sum(w >= c for w in wrong)) / (len(dev.true) + 1) for c in certainty]
    m = len(p)
    fallen = [k for k in range(1, m + 1) if sorted(p)[k - 1] <= risk * k / m]
    cut = sorted(p)[max(fallen) - 1] if fallen else -1.0
    return [value <= cut for value in p]


@pytest.mark.parametrize("levels", [None, 5])
@pytest.mark.parametrize("risk", [0.1, 0.3, 0.5])
def test_it_keeps_what_benjamini_and_hochberg_reject(levels, risk):
    kept = 0
    for seed in range(20):
        dev, certainty = cell(40, seed, levels), drawn(30, 100 + seed, levels)[0]
        found = sure(dev, certainty, risk)
        assert (certainty >= (np.inf if found is None else found)).tolist() == benjamini_hochberg(dev, certainty, risk)
        kept += found is not None
    assert kept


def test_by_hand():
    dev = Certain(np.array([0.9, 0.8, 0.5, 0.3]), np.array([True, True, False, False]))
    certainty = np.array([0.95, 0.7, 0.45, 0.1])
    assert sure(dev, certainty, 0.4) == 0.7  # 4 / 5 · 1 / 2 = 0.4, and below it 4 / 5 · 2 / 3
    assert sure(dev, certainty, 0.39) is None
    assert sure(dev, certainty, 0.54) == 0.45
    assert sure(dev, certainty, 1.0) == 0.1


def test_few_dev_units_can_promise_nothing():
    right = Certain(np.full(8, 0.9), np.ones(8, np.bool_))
    assert sure(right, np.full(10, 0.9), 0.1) is None  # 10 / 9 · 1 / 10
    assert sure(right, np.full(9, 0.9), 0.1) is None
    more = Certain(np.full(9, 0.9), np.ones(9, np.bool_))
    assert sure(more, np.full(9, 0.9), 0.1) == 0.9


def simulated(risk, levels):
    """For each simulated cell the risk among what is kept (0 for nothing), by the conformal and by the plain threshold."""
    found = {"conformal": [], "dev": [], "coverage": []}
    for seed in range(RUNS):
        both = cell(100, seed, levels)
        dev, test = Certain(*(part[:50] for part in both)), Certain(*(part[50:] for part in both))
        for name, chosen in (("conformal", sure(dev, test.certainty, risk)), ("dev", lowest(dev, risk))):
            kept = test.certainty >= (np.inf if chosen is None else chosen)
            found[name].append(float(1 - test.true[kept].mean()) if kept.any() else 0.0)
            if name == "conformal":
                found["coverage"].append(float(kept.mean()))
    return {name: (np.mean(values), np.std(values) / np.sqrt(RUNS)) for name, values in found.items()}


@pytest.mark.parametrize("levels", [None, 5])
@pytest.mark.parametrize("promised", [0.2, 0.35])
def test_exchangeable_units_keep_the_promise_on_average(promised, levels):
    found = simulated(promised, levels)
    risk, error = found["conformal"]
    assert risk <= promised + 2 * error
    assert found["coverage"][0] > 0.02


def test_a_plain_threshold_breaks_a_low_promise_on_the_same_units():
    risk, error = simulated(0.2, None)["dev"]
    assert risk > 0.2 + 3 * error


def test_where_both_sides_are_alike_it_is_never_below_the_plain_threshold():
    compared = 0
    for seed in range(200):
        dev = cell(60, seed, levels=None if seed % 2 else 6)
        found, plain = sure(dev, dev.certainty, 0.3), lowest(dev, 0.3)
        if found is not None:
            compared += 1
            assert found >= plain
    assert compared > 50


def test_another_wrong_dev_answer_never_lowers_the_threshold():
    for seed in range(50):
        dev, certainty = cell(40, seed), drawn(40, 1000 + seed)[0]
        for place in np.flatnonzero(dev.true)[:5]:
            worse = Certain(dev.certainty, np.where(np.arange(40) == place, False, dev.true))
            before, after = (sure(one, certainty, 0.4) for one in (dev, worse))
            assert after is None or (before is not None and after >= before)


def test_outcomes_of_test_units_are_never_looked_at():
    certainties, right = drawn(80, 3)
    told = [not r if not is_dev(answer(0.5, True, i)) else r for i, r in enumerate(right)]
    chosen = [selection(answers(certainties, outcomes), 0.4, "conformal") for outcomes in (right, told)]
    assert chosen[0].kept.any()
    assert chosen[0].kept.tolist() == chosen[1].kept.tolist()
    assert chosen[0].answers.true.tolist() != chosen[1].answers.true.tolist()


def test_nothing_to_judge_is_undefined():
    assert selection([], 0.1, "conformal") is None
    assert selection(silenced(answers([0.4], [1])), 0.1, "conformal") is None
    dev = [case for case in answers(*drawn(20, 0)) if is_dev(case)]
    assert selection(dev, 0.1, "conformal") is None
