import random
import time
from itertools import pairwise

import numpy as np
import pytest

from bench.errors import ConfigError, DataError
from bench.reports.comparison import compare
from bench.reports.interval import interval
from bench.reports.paired_tests import sign_flip


@pytest.fixture
def versus(make_row):
    """Rows of two explainers from the values of each seed: `versus(a=[[1, 0], [1]], b=...)`. `None` is an abstention."""

    def rows(higher=True, metric="exact_set", **levels):
        made = []
        for explainer, seeds in levels.items():
            for seed, values in enumerate(seeds):
                cell = {"dataset": "d", "model": "m", "bias": "none", "explainer": explainer, "seed": seed}
                for i, value in enumerate(values):
                    outcome = "abstained" if value is None else "answered"
                    made.append(make_row(cell, metric, value, unit=f"u{i}", status="clean", outcome=outcome, higher=higher))
        return made

    return rows


def noisy(seeds, units, shift, seed=0):
    rng = np.random.default_rng(seed)
    common = rng.normal(0, 1, (seeds, 1)) + rng.normal(0, 1, (seeds, units))
    return common.tolist(), (common + shift + rng.normal(0, 0.3, (seeds, units))).tolist()


def test_a_difference_is_over_units_that_both_scored(versus):
    [found] = compare(versus(a=[[1.0, 0.5, None, 1.0]], b=[[0.0, 0.5, 1.0, None]]))
    assert found.difference == 0.5
    assert (found.pairs, found.first_only, found.second_only) == (2, 1, 1)


def test_the_first_is_better_when_its_difference_is_the_right_way(versus):
    a, b = noisy(10, 5, 2.0)
    assert [compare(versus(higher=higher, a=a, b=b))[0].better for higher in (True, False)] == ["b", "a"]


def test_where_zero_is_best_the_nearer_is_better(versus):
    near, far = np.full((10, 1), 0.1).tolist(), np.full((10, 1), -0.6).tolist()
    [found] = compare(versus(higher=None, near=near, far=far))
    assert (found.better, found.higher_is_better) == ("near", None)
    assert found.difference == pytest.approx(-0.5)


def test_neither_is_better_by_chance(versus):
    a, b = noisy(10, 5, 0.0)
    assert compare(versus(a=a, b=b))[0].better is None


def test_the_interval_and_the_p_are_those_of_the_differences_by_cluster(versus):
    a, b = noisy(8, 6, 0.1)
    [found] = compare(versus(a=a, b=b), draws=500)
    by_cluster = (np.array(a) - np.array(b)).tolist()
    assert (found.low, found.high) == pytest.approx(interval(by_cluster, 500, 0))
    assert found.p == sign_flip(np.array([sum(part) for part in by_cluster]), 500, 0)
    assert found.clusters == 8


def test_what_units_share_cancels_so_that_pairs_tell_more_than_means(versus):
    a, b = noisy(12, 5, 0.2)
    [found] = compare(versus(a=a, b=b))
    apart = interval(a, 10_000, 0)
    assert found.high - found.low < (apart[1] - apart[0]) / 4


def test_the_standard_error_of_equal_clusters_is_that_of_their_means(versus):
    a, b = noisy(9, 4, 0.2)
    [found] = compare(versus(a=a, b=b))
    means = (np.array(a) - np.array(b)).mean(axis=1)
    assert found.standard_error == pytest.approx(means.std(ddof=1) / 3)
    assert found.detectable == pytest.approx(2.8 * found.standard_error)


def test_the_standard_error_is_that_of_statsmodels_for_unequal_clusters(versus):
    import statsmodels.api as sm

    rng = np.random.default_rng(2)
    a = [rng.normal(0, 1, 2 + 3 * i).tolist() for i in range(7)]
    b = [[0.0] * len(part) for part in a]
    [found] = compare(versus(a=a, b=b))
    values, groups = np.concatenate(a), np.repeat(range(7), [len(part) for part in a])
    fit = sm.OLS(values, np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False, "df_correction": False}
    )
    assert found.standard_error == pytest.approx(fit.bse[0] * np.sqrt(7 / 6))


def test_a_difference_of_the_detectable_size_is_found_in_about_eighty_percent_of_studies():
    rng = np.random.default_rng(0)
    found = 0
    for _ in range(1000):
        sums = rng.normal(2.8 / np.sqrt(40), 1, 40)
        low, high = interval([[value] for value in sums], 300, 0)
        found += low > 0 or high < 0
    assert found / 1000 == pytest.approx(0.8, abs=0.05)


def test_mcnemar_is_there_for_values_of_zero_and_one_only(versus):
    zero_one = versus(a=[[1.0] * 6], b=[[0.0] * 6])
    assert compare(zero_one)[0].p_mcnemar == pytest.approx(2 / 2**6)
    assert compare(versus(a=[[0.5] * 6], b=[[0.0] * 6]))[0].p_mcnemar is None


def test_holm_is_over_everything_that_is_returned(versus):
    rng = np.random.default_rng(0)
    rows = versus(**{name: rng.random((7, 3)).tolist() for name in "abcd"})
    found = compare(rows)
    assert len(found) == 6
    ordered = sorted(found, key=lambda one: one.p)
    assert ordered[0].p_holm == pytest.approx(min(1, 6 * ordered[0].p))
    assert all(earlier.p_holm <= later.p_holm for earlier, later in pairwise(ordered))


def test_one_level_can_be_held_against_all_others(versus):
    rows = versus(a=[[1.0]], b=[[0.5]], c=[[0.0]])
    assert [(one.first, one.second) for one in compare(rows, against="b")] == [("a", "b"), ("c", "b")]


def test_levels_can_be_chosen(versus):
    rows = versus(a=[[1.0]], b=[[0.5]], c=[[0.0]])
    assert [(one.first, one.second) for one in compare(rows, levels=["c", "a"])] == [("c", "a")]


def test_biases_are_compared_on_the_same_units_and_explainers(runs):
    [found] = compare(runs.rows, ["label_kappa"], axis="bias")
    assert (found.first, found.second) == ("none", "disentanglement")
    assert found.pairs == 2 * 5 * 5
    assert found.clusters == 10


def test_models_are_compared_over_seeds(runs):
    [found] = compare(runs.rows, ["label_kappa"], axis="model")
    assert found.clusters == 5


def test_groups_are_compared_apart(runs):
    found = compare(runs.rows, ["set_f1"], levels=["oracle", "constant"], within=["model", "bias"])
    assert [tuple(one.group.values()) for one in found] == [
        ("exact_identity", "none"),
        ("exact_identity", "disentanglement"),
        ("exact_panel", "none"),
        ("exact_panel", "disentanglement"),
    ]
    assert all(one.better is None and one.few_clusters is False and one.p == 2**-4 for one in found)


def test_a_level_that_a_group_lacks_leaves_no_comparison_there(versus, make_row):
    cell = {"dataset": "d", "model": "m", "bias": "other", "explainer": "a", "seed": 0}
    rows = [*versus(a=[[1.0]], b=[[0.5]]), make_row(cell, "exact_set", 1.0, unit="u0")]
    assert len(compare(rows, levels=["a", "b"], within=["bias"])) == 1


def test_few_clusters_are_flagged(versus):
    flags = [compare(versus(a=[[1.0, 0.0]] * n, b=[[0.0, 0.1]] * n))[0].few_clusters for n in (1, 4, 5)]
    assert flags == [True, True, False]


def test_one_cluster_falls_back_to_its_units(versus):
    values = np.random.default_rng(1).random(10).tolist()
    [found] = compare(versus(a=[values], b=[[0.5] * 10]))
    assert found.clusters == 1
    assert found.p == sign_flip(np.array(values) - 0.5, 10, 0)
    assert (found.low, found.high) == pytest.approx(interval([[value - 0.5] for value in values], 10_000, 0))


def test_nothing_in_common_leaves_everything_undefined(versus):
    [found] = compare(versus(a=[[1.0, None]], b=[[None, 1.0]]))
    assert found.pairs == found.clusters == 0
    assert {found.difference, found.low, found.standard_error, found.detectable, found.p, found.p_holm, found.better} == {None}


def test_one_pair_has_a_difference_and_no_interval(versus):
    [found] = compare(versus(a=[[1.0]], b=[[0.25]]))
    assert (found.difference, found.low, found.standard_error, found.p) == (0.75, None, None, 1.0)


def test_results_do_not_depend_on_the_order_of_rows(runs):
    shuffled = list(runs.rows)
    random.Random(0).shuffle(shuffled)
    chosen = {"metrics": ["set_f1"], "levels": ["oracle", "pixel_change"], "draws": 200}
    assert compare(shuffled, **chosen) == compare(runs.rows, **chosen)


def test_swapping_the_two_turns_every_sign(versus):
    a, b = noisy(9, 3, 0.1)
    [one], [other] = compare(versus(a=a, b=b)), compare(versus(b=b, a=a))
    assert (one.difference, one.p, one.standard_error) == pytest.approx((-other.difference, other.p, other.standard_error))
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))


@pytest.mark.parametrize(
    "chosen",
    [{"axis": "flavour"}, {"levels": ["a", "z"]}, {"against": "z"}, {"metrics": ["z"]}, {"within": ["flavour"]}],
)
def test_what_no_row_has_raises_with_what_there_is(versus, chosen):
    with pytest.raises(ConfigError, match=r"there are a, b|axes of a cell are|there are exact_set"):
        compare(versus(a=[[1.0]], b=[[0.5]]), **({"levels": ["a", "b"]} | chosen))


def test_a_doubled_row_raises(versus):
    rows = versus(a=[[1.0]], b=[[0.5]])
    with pytest.raises(DataError, match="twice"):
        compare([*rows, rows[0]])


def test_rows_of_two_versions_of_a_metric_raise(versus):
    with pytest.raises(DataError, match="direction"):
        compare([*versus(a=[[1.0]]), *versus(higher=False, b=[[1.0]])])


def test_false_alarms_of_a_whole_comparison_stay_within_the_level(versus):
    """Nine clusters of two units, half of the variance of a difference between clusters; 0.05 and two sampling errors."""
    alarms = 0
    for seed in range(600):
        rng = np.random.default_rng(seed)
        a = rng.normal(0, 1, (9, 2))
        b = a + rng.normal(0, 0.3, (9, 1)) + rng.normal(0, 0.3, (9, 2))
        [found] = compare(versus(a=a.tolist(), b=b.tolist()), draws=10)
        alarms += found.better is not None
    assert 0.02 < alarms / 600 <= 0.068


def test_ten_thousand_draws_of_a_thousand_units_take_well_under_a_second(versus):
    rows = versus(a=np.random.default_rng(0).random((20, 50)).tolist(), b=np.random.default_rng(1).random((20, 50)).tolist())
    compare(rows, draws=10)
    start = time.perf_counter()
    compare(rows, draws=10_000)
    assert time.perf_counter() - start < 1.0
