"""How often the interval holds the true mean. The sampling error of a coverage over 1,500 studies is 0.6 points."""

import numpy as np
import pytest

from bench.reports.interval import interval, resampled, tails

STUDIES = 1500


def normal(rng, sizes):
    return [rng.normal(0, 0.5) + rng.normal(0, 1, n) for n in sizes], 0.0


def shares(rng, sizes):
    """0/1 scores of models that are right with different chances, 0.8 on average."""
    return [(rng.random(n) < rng.beta(4, 1)).astype(float) for n in sizes], 0.8


def differences(rng, sizes):
    """Differences of 0/1 scores on the same units, in models of different difficulty."""
    chances = rng.beta(4, 2, len(sizes))
    return [(rng.random(n) < p).astype(float) - (rng.random(n) < p) for n, p in zip(sizes, chances, strict=True)], 0.0


def coverage(kind, clusters, equal):
    hits = 0
    for seed in range(STUDIES):
        rng = np.random.default_rng([seed, clusters])
        parts, truth = kind(rng, np.full(clusters, 10) if equal else rng.integers(2, 19, clusters))
        low, high = interval([part.tolist() for part in parts], 600, seed)
        hits += low <= truth <= high
    return hits / STUDIES


@pytest.mark.parametrize("equal", [True, False], ids=["equal", "unequal"])
@pytest.mark.parametrize(("kind", "clusters"), [(normal, 10), (shares, 10), (differences, 10), (shares, 24)])
def test_with_ten_clusters_or_more_the_interval_covers_as_it_says(kind, clusters, equal):
    assert 0.93 <= coverage(kind, clusters, equal) <= 0.97


def test_plain_percentiles_would_not_cover():
    hits = 0
    for seed in range(STUDIES):
        means = np.random.default_rng(seed).normal(0, 1, 10)
        sums, counts = resampled(np.column_stack([means, np.ones(10)]), 600, seed).T
        low, high = np.quantile(sums / counts, (0.025, 0.975))
        hits += low <= 0 <= high
    assert hits / STUDIES < 0.925


def test_an_interval_turns_with_the_sign_of_its_values():
    parts = [np.random.default_rng(i).exponential(1, 5).tolist() for i in range(8)]
    low, high = interval(parts, 4000, 0)
    assert interval([[-value for value in part] for part in parts], 4000, 0) == pytest.approx((-high, -low))


def test_a_long_tail_pulls_its_end_out():
    values = [[value] for value in (0.0, 0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 3.0)]
    low, high = interval(values, 20_000, 0)
    mean = sum(value for [value] in values) / 9
    assert high - mean > 1.5 * (mean - low)


def test_one_cluster_that_outweighs_all_others_widens_the_interval():
    rng = np.random.default_rng(0)
    even = [rng.normal(i % 2, 0.1, 10).tolist() for i in range(8)]
    uneven = [part[:1] for part in even[1:]] + [even[0] * 20]
    low, high = interval(uneven, 2000, 0)
    assert high - low > np.subtract(*interval(even, 2000, 0)[::-1])


def test_an_interval_never_leaves_the_values():
    for seed in range(50):
        rng = np.random.default_rng(seed)
        parts = [(rng.random(rng.integers(1, 5)) < 0.9).astype(float).tolist() for _ in range(2 + seed % 6)]
        low, high = interval(parts, 300, seed)
        assert 0 <= low <= high <= 1


def test_rows_are_drawn_together_for_all_columns():
    columns = np.column_stack([np.arange(20.0), 3 * np.arange(20.0), np.ones(20)])
    drawn = resampled(columns, 500, 0)
    assert drawn[:, 1] == pytest.approx(3 * drawn[:, 0])
    assert (drawn[:, 2] == 20).all()
    assert drawn[:, 0].std() == pytest.approx(np.sqrt(20) * np.arange(20.0).std(), rel=0.15)


def test_a_fraction_of_a_cluster_widens_less_than_a_whole_one():
    assert tails(5)[0] < tails(5.5)[0] < tails(6)[0]
