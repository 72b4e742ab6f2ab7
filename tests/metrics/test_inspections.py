"""What all metrics of defects share: best, worst, and what has no value."""

import numpy as np
import pytest

from bench.datasets.dsprites import DSprites
from bench.metrics.aupimo import Aupimo
from bench.metrics.aupro import Aupro
from bench.metrics.defect_iou import DefectIou
from bench.metrics.pixel_ap import PixelAp
from bench.metrics.pixel_auroc import PixelAuroc
from tests.metrics.inspected import Model, Things, case, drawn, run, value

ORACLE = DefectIou(chosen_on="tested")
EVERY = (PixelAuroc(), PixelAp(), Aupro(limit=0.3), Aupimo(low=0.01, high=0.1), ORACLE, DefectIou(chosen_on="trial"))
of_every = pytest.mark.parametrize("metric", EVERY, ids=lambda m: f"{type(m).__name__}-{getattr(m, 'chosen_on', '')}")
MAPS, MASKS = drawn(0)


def both(metric, maps, masks=MASKS):
    return value(metric, maps, masks, maps, masks)


@of_every
def test_the_masks_themselves_have_the_best_value(metric):
    assert both(metric, MASKS.astype(float)) == pytest.approx(1)


@of_every
def test_the_masks_upside_down_have_less_than_random_maps(metric):
    assert both(metric, -MASKS.astype(float)) < both(metric, np.random.default_rng(0).normal(size=MASKS.shape))


@of_every
def test_the_scale_that_all_maps_share_does_not_matter(metric):
    assert both(metric, 4 * MAPS - 8) == pytest.approx(both(metric, MAPS), abs=1e-12)


@of_every
def test_the_order_of_the_pictures_does_not_matter(metric):
    assert both(metric, MAPS[::-1], MASKS[::-1]) == pytest.approx(both(metric, MAPS), abs=1e-12)


@of_every
def test_a_map_that_is_missing_leaves_no_value(metric):
    things = Things(MASKS, MASKS)
    index = np.concatenate([things.trial, things.tested])
    maps = np.concatenate([MAPS, MAPS])
    (whole,), (less,) = (run(metric, things, [case(index[:n], maps[:n])]) for n in (len(index), len(index) - 1))
    assert whole is not None
    assert less is None


@of_every
def test_masks_that_are_all_empty_or_all_full_leave_no_value(metric):
    assert both(metric, MAPS, np.zeros_like(MASKS)) is None
    assert both(metric, MAPS, np.ones_like(MASKS)) is None


@of_every
def test_a_failure_and_a_dataset_without_masks_leave_no_value(metric):
    things = Things(MASKS, MASKS)
    index, maps = np.concatenate([things.trial, things.tested]), np.concatenate([MAPS, MAPS])
    assert list(metric.intervene([case(index, maps, failure="refused")], Model(), things)) == [None]
    assert list(metric.intervene([case(index, maps)], Model(), DSprites())) == [None]
    assert list(metric([case(index, maps)])) == [None]


@of_every
def test_pictures_that_are_not_tested_do_not_count(metric):
    things = Things(MASKS, MASKS)
    index, maps = np.concatenate([things.trial, things.tested]), np.concatenate([MAPS, MAPS])
    more = case([*index, 3, 4], [*maps, 99 * MAPS[0], -99 * MAPS[0]])
    [some], [others] = run(metric, things, [case(index, maps)]), run(metric, things, [more])
    assert some == others
