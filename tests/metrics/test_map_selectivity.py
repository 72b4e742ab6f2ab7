import asyncio

import numpy as np
import pytest

from bench.metrics.map_selectivity import MapSelectivity
from bench.pipeline import score
from tests.attention.blocks import case

RNG = np.random.default_rng(0)
ONE, TWO = (RNG.random((3, 16, 16)).astype(np.float32) for _ in range(2))


def run(cases):
    return list(asyncio.run(score(MapSelectivity(), cases, None)))


def test_the_same_map_for_all_is_not_selective():
    assert run([case("z0", ["left"], ONE), case("z1", ["top"], 3 * ONE + 1)]) == pytest.approx([0, 0], abs=1e-6)


def test_a_map_turned_round_is_the_same():
    assert run([case("z0", ["left"], ONE), case("z1", ["top"], -ONE)]) == pytest.approx([0, 0], abs=1e-6)


def test_it_is_one_minus_the_correlation_of_each_picture():
    expected = 1 - np.mean([abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) for a, b in zip(ONE, TWO, strict=True)])
    assert run([case("z0", ["left"], ONE), case("z1", ["top"], TWO)]) == pytest.approx([expected] * 2, abs=1e-6)


def test_flat_maps_cannot_be_told_apart():
    flat = np.ones((3, 16, 16), np.float32)
    assert run([case("z0", ["left"], ONE), case("z1", ["top"], flat)]) == [None, None]
    half = np.concatenate([flat[:1], TWO[1:]])
    expected = 1 - np.mean([abs(np.corrcoef(ONE[i].ravel(), TWO[i].ravel())[0, 1]) for i in (1, 2)])
    assert run([case("z0", ["left"], ONE), case("z1", ["top"], half)])[0] == pytest.approx(expected, abs=1e-6)


def test_units_of_the_same_factor_and_inactive_ones_are_nobody_to_compare_with():
    assert run([case("z0", ["left"], ONE), case("z1", ["left"], TWO)]) == [None, None]
    assert run([case("z0", ["left"], ONE), case("z1", [], TWO, status="inactive")]) == [None, None]
    assert run([case("z0", ["left"], ONE)]) == [None]
