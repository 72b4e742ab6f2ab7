import asyncio

import numpy as np
import pytest
from scipy.stats import spearmanr

from bench.metrics.map_randomisation import MapRandomisation
from bench.pipeline import score
from tests.attention.blocks import case

RNG = np.random.default_rng(0)
MAPS, OTHER = (np.round(RNG.random((3, 16, 16)), 1).astype(np.float32) for _ in range(2))


def run(maps, redrawn, **about):
    [found] = asyncio.run(score(MapRandomisation(), [case("z0", ["left"], maps, redrawn=redrawn, **about)], None))
    return found


def test_a_map_that_stays_owes_nothing_to_what_was_learnt():
    assert run(MAPS, MAPS[:2]) == pytest.approx(0, abs=1e-9)
    assert run(MAPS, np.exp(MAPS[:2])) == pytest.approx(0, abs=1e-9)  # the order is what counts
    assert run(MAPS, -MAPS[:2]) == pytest.approx(0, abs=1e-9)


def test_it_is_one_minus_the_rank_correlation_of_the_first_pictures():
    expected = 1 - np.mean([abs(spearmanr(MAPS[i].ravel(), OTHER[i].ravel())[0]) for i in range(2)])
    assert run(MAPS, OTHER[:2]) == pytest.approx(expected, abs=1e-6)
    assert expected > 0.8


def test_flat_maps_have_no_order():
    flat = np.ones((2, 16, 16), np.float32)
    assert run(MAPS, flat) is None
    expected = 1 - abs(spearmanr(MAPS[1].ravel(), OTHER[1].ravel())[0])
    assert run(MAPS, np.concatenate([flat[:1], OTHER[1:2]])) == pytest.approx(expected, abs=1e-6)


def test_it_is_undefined_where_nobody_asked_and_of_units_that_do_nothing():
    assert run(MAPS, None) is None
    assert run(MAPS, OTHER[:2], status="ambiguous") is None
