import itertools
import math

import numpy as np
import pytest

from bench.reports.paired_tests import EXACT, holm, mcnemar, sign_flip


def enumerated(sums):
    """The p by a naive loop over all signs."""
    flips = [abs(sum(s * v for s, v in zip(signs, sums, strict=True))) for signs in itertools.product((1, -1), repeat=len(sums))]
    return sum(flip >= abs(sum(sums)) - 1e-9 for flip in flips) / len(flips)


@pytest.mark.parametrize("n", [1, 2, 5, 10])
def test_all_flips_agree_with_a_naive_loop(n):
    sums = np.random.default_rng(n).normal(0.5, 1, n)
    assert sign_flip(sums, 10, 0) == enumerated(list(sums))


def test_flips_agree_with_scipy():
    from scipy import stats

    sums = np.random.default_rng(3).normal(0.6, 1, 9)
    theirs = stats.permutation_test((sums,), np.sum, permutation_type="samples", n_resamples=np.inf)
    assert sign_flip(sums, 10, 0) == pytest.approx(theirs.pvalue)


def test_ties_that_rounding_would_break_count_as_ties():
    sums = np.array([0.1, 0.2, -0.3, 0.1, 0.2, 0.7])
    whole = np.array([1.0, 2.0, -3.0, 1.0, 2.0, 7.0])
    assert sign_flip(sums, 10, 0) == sign_flip(whole, 10, 0) == enumerated(list(whole))


def test_five_clusters_that_all_agree_are_not_significant():
    assert sign_flip(np.ones(5), 10, 0) == 2**-4


def test_no_difference_at_all_has_a_p_of_one():
    assert sign_flip(np.zeros(4), 10, 0) == 1.0


def test_drawn_flips_come_near_to_all_flips():
    sums = np.random.default_rng(0).normal(0.45, 1, EXACT + 1)
    exact = sign_flip(sums[:EXACT], 0, 0)
    assert 0.01 < exact < 0.5
    drawn = sign_flip(sums, 40_000, 0)
    totals = np.array([0.0])
    for value in sums:
        totals = np.concatenate([totals + value, totals - value])
    assert drawn == pytest.approx(np.mean(np.abs(totals) >= abs(sums.sum()) - 1e-9), abs=0.01)


def test_a_drawn_p_is_never_zero():
    assert sign_flip(np.ones(60), 500, 0) == 1 / 501


def test_false_alarms_of_flips_stay_within_the_level():
    """Half of the variance is between clusters of unequal size, and nothing differs."""
    alarms = 0
    for seed in range(2000):
        rng = np.random.default_rng(seed)
        sizes = rng.integers(2, 18, 12)
        sums = rng.normal(0, 0.5, 12) * sizes + rng.normal(0, 0.5, 12) * np.sqrt(sizes)
        alarms += sign_flip(sums, 10, 0) <= 0.05
    assert 0.03 <= alarms / 2000 <= 0.055


def test_mcnemar_is_an_exact_sign_test_of_the_units_that_differ():
    from scipy import stats

    first = np.array([1, 1, 1, 1, 1, 1, 0, 1, 0], float)
    second = np.array([0, 0, 0, 0, 0, 0, 1, 1, 0], float)
    assert mcnemar(first, second) == pytest.approx(2 * (1 + 7) / 2**7)
    assert mcnemar(first, second) == pytest.approx(stats.binomtest(1, 7).pvalue)


def test_mcnemar_agrees_with_statsmodels():
    from statsmodels.stats.contingency_tables import mcnemar as theirs

    rng = np.random.default_rng(0)
    for _ in range(20):
        first, second = (rng.random(40) < 0.7).astype(float), (rng.random(40) < 0.5).astype(float)
        table = [[np.sum((first == a) & (second == b)) for b in (1, 0)] for a in (1, 0)]
        assert mcnemar(first, second) == pytest.approx(theirs(table, exact=True).pvalue)


def test_mcnemar_needs_values_of_zero_and_one():
    assert mcnemar(np.array([1.0, 0.5]), np.array([0.0, 1.0])) is None
    assert mcnemar(np.array([]), np.array([])) is None


def test_mcnemar_without_a_difference_is_one():
    assert mcnemar(np.ones(3), np.ones(3)) == 1.0


def test_false_alarms_of_mcnemar_stay_within_the_level_for_independent_units():
    rng = np.random.default_rng(0)
    alarms = 0
    for _ in range(1000):
        first, second = (rng.random(60) < 0.7).astype(float), (rng.random(60) < 0.7).astype(float)
        alarms += (mcnemar(first, second) or 0.0) <= 0.05
    assert 0.005 < alarms / 1000 <= 0.05


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


def test_holm_leaves_what_has_no_p_out_of_the_count():
    assert holm([None, 0.02, 0.5]) == [None, pytest.approx(0.04), pytest.approx(0.5)]
    assert holm([]) == []


def test_holm_agrees_with_statsmodels():
    from statsmodels.stats.multitest import multipletests

    values = np.random.default_rng(0).random(30) ** 4
    assert holm(list(values)) == pytest.approx(list(multipletests(values, method="holm")[1]))


def test_holm_keeps_false_alarms_of_a_whole_table_within_the_level():
    rng = np.random.default_rng(0)
    alarms = sum(min(p for p in holm(list(rng.random(10))) if p is not None) <= 0.05 for _ in range(2000))
    assert math.isclose(alarms / 2000, 0.05, abs_tol=0.015)
