import asyncio

import numpy as np
import pytest

from bench.metrics.map_sparsity import MapSparsity, gini
from bench.pipeline import score
from tests.attention.blocks import case


def run(maps, **about):
    [found] = asyncio.run(score(MapSparsity(), [case("z0", ["left"], maps, **about)], None))
    return found


def test_a_flat_map_is_not_sparse_and_a_point_is():
    point = np.zeros((1, 16, 16), np.float32)
    point[0, 3, 4] = -7
    assert run(np.full((2, 16, 16), 0.3, np.float32)) == pytest.approx(0, abs=1e-9)
    assert run(point) == pytest.approx(1 - 1 / 256)


def test_by_hand():
    assert gini(np.array([[1.0, 3.0]])) == pytest.approx(0.25)  # |1 - 3| / (2 * 2 * mean of 2)


def test_it_is_the_mean_difference_over_twice_the_mean():
    sizes = np.random.default_rng(0).random(50)
    assert gini(sizes) == pytest.approx(np.abs(sizes[:, None] - sizes).mean() / (2 * sizes.mean()), abs=1e-12)


def test_maps_of_nothing_are_left_out():
    maps = np.stack([np.zeros((16, 16)), np.eye(16)]).astype(np.float32)
    assert run(maps) == pytest.approx(1 - 1 / 16)
    assert run(maps[:1]) is None
    assert run(maps, status="ambiguous") is None
