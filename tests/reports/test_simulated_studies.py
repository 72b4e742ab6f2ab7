"""Intervals and tests keep their promise in simulated studies; `tests/speed/test_statistics.py` runs many more.

The sampling error of a share near 0.95 over 1,000 studies is 0.7 points, and the band is widened by two of these.
"""

import numpy as np
import pytest
from studies import (
    SHAPES,
    SIZES,
    alike_within,
    coverage,
    even,
    false_alarms,
    lopsided,
    mostly_right,
    paired,
    skewed,
    unequal,
    very_skewed,
)

STUDIES, ERROR = 1000, 0.007


@pytest.mark.parametrize(
    ("shape", "sizes", "clusters"),
    [
        (mostly_right, even, 10),
        (skewed, even, 10),
        (alike_within, lopsided, 10),
        (alike_within, unequal, 20),
        (skewed, unequal, 20),
    ],
)
def test_intervals_hold_the_mean_as_often_as_they_say(shape, sizes, clusters):
    assert 0.93 - 2 * ERROR <= coverage(shape, sizes, clusters, STUDIES, 500) <= 0.97 + 2 * ERROR


@pytest.mark.parametrize(("shape", "sizes"), [(mostly_right, unequal), (very_skewed, lopsided), (alike_within, even)])
def test_equal_explainers_are_seldom_told_apart(shape, sizes):
    assert false_alarms(shape, sizes, 12, STUDIES, 500) <= 0.05 + 2 * ERROR


@pytest.mark.parametrize("shape", SHAPES)
def test_the_simulated_mean_is_the_one_that_is_promised(shape):
    rng = np.random.default_rng(0)
    parts, truth = shape(rng, np.full(4000, 5))
    means = np.array([part.mean() for part in parts])
    assert abs(means.mean() - truth) < 4 * means.std() / np.sqrt(4000)


@pytest.mark.parametrize("sizes", SIZES)
def test_equal_explainers_differ_by_nothing_on_average(sizes):
    rng = np.random.default_rng(0)
    first, second = paired(very_skewed, rng, sizes(rng, 2000))
    differences = np.array([a.sum() - b.sum() for a, b in zip(first, second, strict=True)])
    assert abs(differences.mean()) < 4 * differences.std() / np.sqrt(2000)
