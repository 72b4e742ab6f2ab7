import random
import time
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from bench.errors import ConfigError, DataError
from bench.reports.interval import interval, tails
from bench.reports.statistics import summarise


@pytest.fixture
def rows_of(make_row):
    """Rows of one group from the values of each seed; a letter stands for a value that is missing: a, f or u."""

    def rows(*seeds):
        ended = {"a": "abstained", "f": "failed", "u": "answered"}
        made = []
        for seed, values in enumerate(seeds):
            cell = {"model": "m", "bias": "none", "explainer": "e", "seed": seed}
            for i, value in enumerate(values):
                missing = isinstance(value, str)
                status = "clean" if i % 2 == 0 else "inactive"
                outcome = ended[value] if missing else "answered"
                made.append(make_row(cell, "set_f1", None if missing else value, unit=f"u{i}", status=status, outcome=outcome))
        return made

    return rows


def test_a_mean_is_over_all_scored_values_not_over_clusters(rows_of):
    (summary,) = summarise(rows_of([1.0], [0.0, 0.0, 0.0]))
    assert summary.mean == 0.25


def test_every_value_is_counted_once(rows_of):
    (summary,) = summarise(rows_of([1.0, "a", "f"], [0.0, "u", "a"]))
    assert (summary.scored, summary.undefined, summary.abstained, summary.failed) == (2, 1, 2, 1)
    assert summary.total == 6
    assert summary.coverage == pytest.approx(1 / 3)


def test_counts_of_a_campaign_add_up(runs):
    summaries = summarise(runs.rows, draws=100)
    by_metric = Counter(row.metric for row in runs.rows)
    assert {m: sum(s.total for s in summaries if s.metric == m) for m in by_metric} == by_metric
    assert sum(s.scored for s in summaries) == sum(row.value is not None for row in runs.rows)


def test_nothing_scored_has_no_mean_and_no_interval(rows_of):
    (summary,) = summarise(rows_of(["a", "f"]))
    assert (summary.mean, summary.low, summary.high, summary.clusters) == (None, None, None, 0)
    assert summary.coverage == 0.0
    assert not summary.few_clusters


def test_one_value_has_a_mean_and_no_interval(rows_of):
    (summary,) = summarise(rows_of([0.4, "a"]))
    assert (summary.mean, summary.low, summary.high) == (0.4, None, None)


def test_few_clusters_are_flagged(rows_of):
    flags = {n: summarise(rows_of(*[[0.1, 0.9]] * n))[0].few_clusters for n in (1, 2, 4, 5)}
    assert flags == {1: True, 2: True, 4: True, 5: False}


def test_one_cluster_falls_back_to_its_units(rows_of):
    values = list(np.random.default_rng(1).random(30))
    (summary,) = summarise(rows_of(values))
    assert (summary.low, summary.high) == interval([[value] for value in sorted(values)], 10_000, 0)
    assert summary.clusters == 1


def test_a_cluster_without_values_does_not_count(rows_of):
    assert summarise(rows_of([0.1, 0.2], ["a", "f"]))[0].clusters == 1


def test_equal_clusters_leave_no_spread_though_their_units_differ(rows_of):
    (summary,) = summarise(rows_of(*[[0.0, 1.0, 0.5]] * 6))
    assert (summary.low, summary.high) == (0.5, 0.5)


def test_models_of_one_seed_are_different_clusters(make_row):
    rows = [make_row({"model": m, "explainer": "e", "seed": 0}, "f", v, unit="u") for m, v in (("a", 0.1), ("b", 0.3))]
    assert summarise(rows, by=["explainer"])[0].clusters == 2


def test_a_status_keeps_its_units_and_drops_values_of_whole_cells(runs):
    summaries = summarise(runs.rows, draws=50, statuses=["inactive"])
    assert {s.metric for s in summaries} == {"set_f1", "sign_accuracy", "abstention_precision"}
    assert {s.total for s in summaries} == {5}


def test_results_do_not_depend_on_the_order_of_rows(runs):
    shuffled = list(runs.rows)
    random.Random(0).shuffle(shuffled)
    key = lambda s: (*s.group.values(), s.metric)  # noqa: E731
    assert sorted(summarise(shuffled, draws=200), key=key) == sorted(summarise(runs.rows, draws=200), key=key)


def test_a_seed_repeats_the_interval_and_another_moves_it(rows_of):
    rows = rows_of(*np.random.default_rng(0).random((6, 4)).tolist())
    assert summarise(rows, seed=1) == summarise(rows, seed=1)
    assert summarise(rows, seed=1)[0].low != summarise(rows, seed=2)[0].low


def test_a_doubled_row_raises(rows_of):
    rows = rows_of([0.1, 0.2])
    with pytest.raises(DataError, match="doubled"):
        summarise([*rows, replace(rows[0], value=0.9)])


def test_a_failed_unit_with_a_value_raises(rows_of):
    rows = rows_of([0.1])
    with pytest.raises(DataError, match="failed"):
        summarise([replace(rows[0], outcome="failed")])


def test_rows_of_two_versions_of_a_metric_raise(rows_of):
    rows = rows_of([0.1, 0.2])
    with pytest.raises(DataError, match="direction or bounds"):
        summarise([rows[0], replace(rows[1], bounds=(-1.0, 1.0))])


@pytest.mark.parametrize("by", [[], ["flavour"]])
def test_an_axis_that_no_cell_has_raises(rows_of, by):
    with pytest.raises(ConfigError, match=r"ax[ei]s"):
        summarise(rows_of([0.1]), by=by)


def test_without_clusters_the_interval_is_that_of_scipy():
    from scipy import stats

    values = np.random.default_rng(5).beta(2, 5, size=40)
    low, high = interval([[float(v)] for v in values], draws=60_000, seed=0)
    level = 1 - 2 * tails(40)[0]
    theirs = stats.bootstrap((values,), np.mean, n_resamples=60_000, method="BCa", confidence_level=level, rng=1)
    assert low == pytest.approx(theirs.confidence_interval.low, abs=1.5e-3)
    assert high == pytest.approx(theirs.confidence_interval.high, abs=1.5e-3)


def test_unequal_clusters_agree_with_a_naive_loop():
    from scipy import stats

    rng = np.random.default_rng(3)
    clusters = [list(rng.exponential(1 + i % 3, size=2 + 3 * (i % 4))) for i in range(9)]
    sizes = [len(part) for part in clusters]
    mean = sum(map(sum, clusters)) / sum(sizes)
    means = []
    for _ in range(20_000):
        drawn = [clusters[i] for i in rng.integers(0, 9, size=9)]
        means.append(np.mean([value for part in drawn for value in part]))
    influence = [sum(part) - len(part) * mean for part in clusters]
    a = sum(u**3 for u in influence) / (6 * sum(u**2 for u in influence) ** 1.5)
    bias = stats.norm.ppf(np.mean(np.array(means) < mean))
    scale = sum((u / (1 - n / sum(sizes))) ** 2 for u, n in zip(influence, sizes, strict=True)) / sum(u**2 for u in influence)
    width = scale**0.5 * stats.t.ppf(0.975, sum(sizes) ** 2 / sum(n**2 for n in sizes) - 1)
    levels = [stats.norm.cdf(bias + z / (1 - a * z)) for z in (bias - width, bias + width)]
    assert interval(clusters, 60_000, 0) == pytest.approx(tuple(np.quantile(means, levels)), abs=0.06)
    assert abs(a) > 0.03


def test_levels_widen_for_few_clusters_and_reach_the_usual_ones():
    from scipy import stats

    wanted = stats.norm.cdf(-np.sqrt(5 / 4) * stats.t.ppf(0.975, 4))
    assert tails(5)[0] == pytest.approx(wanted)
    assert sum(tails(5)) == pytest.approx(1)
    assert tails(100_000) == pytest.approx((0.025, 0.975), abs=1e-4)


def _coverage(clusters: int, of_units: bool) -> float:
    """How often the interval holds the true mean 0, when half of the variance is between clusters."""
    hits = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        values = rng.normal(0, 0.7, (clusters, 1)) + rng.normal(0, 0.7, (clusters, 10))
        parts = [[v] for v in values.ravel()] if of_units else values.tolist()
        low, high = interval(parts, 500, seed)
        hits += low <= 0 <= high
    return hits / 300


def test_the_interval_covers_as_it_says():
    assert 0.91 <= _coverage(20, of_units=False) <= 0.98


def test_five_clusters_cover_nearly_as_they_say():
    assert 0.86 <= _coverage(5, of_units=False) <= 0.96


def test_an_interval_that_ignored_clusters_would_not_cover():
    assert _coverage(20, of_units=True) < 0.75


def test_ten_thousand_draws_of_a_thousand_values_take_well_under_a_second():
    values = np.random.default_rng(0).random((100, 10)).tolist()
    interval(values, 10, 0)
    start = time.perf_counter()
    interval(values, 10_000, 0)
    assert time.perf_counter() - start < 1.0
