import asyncio

import numpy as np
import pytest

from bench.metrics.localisation import soft_auroc
from bench.metrics.map_specificity import MapSpecificity
from bench.pipeline import score
from bench.truth.masks import FactorMasks
from tests.attention.blocks import BLOCKS, case, vae

MASKS = FactorMasks()
INDEX = np.array([1, 8, 20, 31])
NAMES = ("left", "top", "size")
IDEAL = {name: MASKS.of(name, BLOCKS, INDEX) for name in NAMES}


def run(cases):
    return list(asyncio.run(score(MapSpecificity(masks=MASKS), cases, (vae(), BLOCKS))))


def cell(maps):
    return [case(f"z{i}", [name], maps[i], INDEX) for i, name in enumerate(NAMES)]


def test_own_masks_are_specific():
    assert min(run(cell([IDEAL[name] for name in NAMES]))) > 0.05


def test_masks_dealt_to_other_units_are_below_zero():
    assert max(run(cell([IDEAL[name] for name in (*NAMES[1:], NAMES[0])]))) < 0


def test_maps_that_all_units_share_are_exactly_zero_however_good_they_are():
    assert run(cell([sum(IDEAL.values())] * 3)) == [0.0] * 3
    assert run(cell([BLOCKS.images(INDEX)[:, 0].astype(np.float32)] * 3)) == [0.0] * 3


def test_it_is_own_on_own_against_others_on_own_and_own_on_others():
    """Over both units of a pair, the plain difference and ours have the same mean."""
    maps = [np.random.default_rng(i).random((4, 16, 16)).astype(np.float32) for i in range(2)]
    fits = [[np.mean([soft_auroc(a, m) for a, m in zip(one, IDEAL[name], strict=True)]) for name in NAMES[:2]] for one in maps]
    plain = [fits[0][0] - (fits[1][0] + fits[0][1]) / 2, fits[1][1] - (fits[0][1] + fits[1][0]) / 2]
    found = run([case(f"z{i}", [NAMES[i]], maps[i], INDEX) for i in range(2)])
    assert np.mean(found) == pytest.approx(np.mean(plain), abs=1e-9)


def test_units_that_share_a_factor_are_not_held_against_each_other():
    twins = [case("z0", ["left"], IDEAL["left"], INDEX), case("z1", ["left", "top"], IDEAL["top"], INDEX)]
    assert run(twins) == [None, None]


def test_there_is_no_value_without_another_unit_or_with_other_pictures():
    assert run(cell([IDEAL[name] for name in NAMES])[:1]) == [None]
    elsewhere = case("z1", ["top"], MASKS.of("top", BLOCKS, INDEX), np.array([2, 8, 20, 31]))
    assert run([case("z0", ["left"], IDEAL["left"], INDEX), elsewhere]) == [None, None]


def test_inactive_units_are_nobody_to_compare_with():
    dead = case("z1", [], IDEAL["top"], INDEX, status="inactive")
    assert run([case("z0", ["left"], IDEAL["left"], INDEX), dead]) == [None, None]


def test_empty_masks_of_either_unit_are_left_out():
    assert run([case("z0", ["left"], IDEAL["left"], INDEX), case("z1", ["tone"], IDEAL["top"], INDEX)]) == [None, None]
