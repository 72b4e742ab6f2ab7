"""What the four metrics of one map and one mask share: whose maps, which masks, which pictures."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from bench.artifacts import Explanation
from bench.metrics.localisation import mass_lift, matched_iou, soft_auprc, soft_auroc
from bench.metrics.map_auprc import MapAuprc
from bench.metrics.map_auroc import MapAuroc
from bench.metrics.map_iou import MapIou
from bench.metrics.map_mass_lift import MapMassLift
from bench.pipeline import score
from bench.truth.masks import FactorMasks
from tests.attention.blocks import BLOCKS, case, vae

MASKS = FactorMasks()
SCORES = {MapAuroc: soft_auroc, MapAuprc: soft_auprc, MapMassLift: mass_lift, MapIou: matched_iou}
INDEX = np.array([1, 8, 20, 31])
RANDOM = np.random.default_rng(0).random((4, 16, 16))
EVERY = pytest.mark.parametrize("metric", SCORES)


def run(metric, cases):
    return list(asyncio.run(score(metric(masks=MASKS), cases, (vae(), BLOCKS))))


@EVERY
def test_it_is_the_mean_over_pictures(metric):
    masks = MASKS.of("left", BLOCKS, INDEX)
    expected = np.mean([SCORES[metric](shown, mask) for shown, mask in zip(RANDOM.astype(np.float32), masks, strict=True)])
    assert run(metric, [case("z0", ["left"], RANDOM, INDEX)])[0] == pytest.approx(expected, abs=1e-9)


@EVERY
def test_the_own_mask_beats_that_of_another_factor_and_any_picture_alone(metric):
    own, other = MASKS.of("left", BLOCKS, INDEX), MASKS.of("top", BLOCKS, INDEX)
    blob = np.broadcast_to(np.exp(-((np.arange(16) - 7.5) ** 2) / 20), (4, 16, 16))
    values = run(metric, [case("z0", ["left"], maps, INDEX) for maps in (own, other, blob)])
    assert values[0] > max(values[1:])


@EVERY
def test_a_unit_of_two_factors_is_held_against_both_masks(metric):
    both = (MASKS.of("left", BLOCKS, INDEX) + MASKS.of("top", BLOCKS, INDEX)) / 2
    mixed, one = run(metric, [case("z0", ["left", "top"], maps, INDEX) for maps in (both, MASKS.of("left", BLOCKS, INDEX))])
    assert mixed > one


@EVERY
def test_empty_masks_are_left_out_and_all_empty_is_undefined(metric):
    assert run(metric, [case("z0", ["tone"], RANDOM, INDEX)]) == [None]


@EVERY
@pytest.mark.parametrize("status", ["ambiguous", "inactive"])
def test_a_unit_of_no_known_meaning_is_undefined(metric, status):
    factors = [] if status == "inactive" else ["left"]
    known = case("z0", ["left"], RANDOM, INDEX)
    assert run(metric, [case("z0", factors, RANDOM, INDEX, status=status), replace(known, truth=None)]) == [None, None]


@EVERY
def test_texts_and_failures_are_undefined(metric):
    failed = case("z0", ["left"], RANDOM, INDEX, failure="refused")
    spoken = case("z1", ["left"], text="It moves.")
    silent = replace(spoken, explanation=Explanation("z1", None))
    assert run(metric, [failed, spoken, silent]) == [None] * 3
    assert metric(masks=MASKS)([case("z0", ["left"], RANDOM, INDEX)]) == [None]


@EVERY
def test_a_factor_that_no_value_changes_in_some_pictures_counts_in_the_others(metric):
    """Of one picture in four the mask is made empty."""

    class Holed(FactorMasks):
        def of(self, factor, dataset, index):
            found = super().of(factor, dataset, index)
            found[0] = 0
            return found

    holed = metric(masks=Holed()).intervene([case("z0", ["left"], RANDOM, INDEX)], vae(), BLOCKS)
    assert holed == pytest.approx(run(metric, [case("z0", ["left"], RANDOM[1:], INDEX[1:])]), abs=1e-9)
