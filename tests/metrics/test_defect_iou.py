import numpy as np
import pytest

from bench.metrics.defect_iou import DefectIou
from tests.metrics.inspected import drawn, value

ORACLE, CHOSEN = DefectIou(chosen_on="tested"), DefectIou(chosen_on="trial")


def overlap(maps, masks, threshold):
    return ((maps >= threshold) & masks).sum() / ((maps >= threshold) | masks).sum()


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("levels", [0, 4])
def test_the_oracle_has_the_best_of_all_thresholds(seed, levels):
    maps, masks = drawn(seed, levels=levels)
    assert value(ORACLE, maps, masks) == pytest.approx(max(overlap(maps, masks, t) for t in np.unique(maps)), abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_the_threshold_is_the_best_one_for_trial_and_is_used_as_it_is(seed):
    maps, masks = drawn(seed)
    tried, known = drawn(100 + seed)
    best = max(np.unique(tried), key=lambda t: overlap(tried, known, t))
    found = value(CHOSEN, maps, masks, tried, known)
    assert found == pytest.approx(overlap(maps, masks, best), abs=1e-12)
    assert found <= value(ORACLE, maps, masks)


def test_test_pictures_do_not_change_the_threshold():
    masks = np.zeros((1, 2, 2), bool)
    masks[0, 0] = True
    tried = np.array([[[3.0, 3.0], [1.0, 1.0]]])
    assert value(CHOSEN, np.array([[[2.0, 2.0], [0.0, 0.0]]]), masks, tried, masks) == 0.0
    assert value(ORACLE, np.array([[[2.0, 2.0], [0.0, 0.0]]]), masks, tried, masks) == 1.0


def test_it_is_that_of_the_roc_point():
    maps, masks = drawn(3)
    rates = [((maps >= t)[masks].mean(), (maps >= t)[~masks].mean()) for t in np.unique(maps)]
    positive, negative = masks.sum(), (~masks).sum()
    best = max(found * positive / (positive + false * negative) for found, false in rates)
    assert value(ORACLE, maps, masks) == pytest.approx(best)


def test_without_maps_for_trial_there_is_no_threshold_to_choose():
    maps, masks = drawn(0)
    assert value(CHOSEN, maps, masks) is None
