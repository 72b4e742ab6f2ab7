from itertools import pairwise

import numpy as np
import pytest
from scipy.ndimage import label

from bench.metrics.aupro import Aupro
from tests.metrics.inspected import drawn, value


def plainly(maps, masks, limit):
    """The definition, threshold by threshold and region by region."""
    regions = []
    for picture, mask in enumerate(masks):
        labels, count = label(mask, np.ones((3, 3)))
        regions += [(picture, labels == number) for number in range(1, count + 1)]
    points = [(0.0, 0.0)]
    for threshold in sorted(set(maps.ravel().tolist()), reverse=True):
        marked = maps >= threshold
        overlap = np.mean([marked[picture][region].mean() for picture, region in regions])
        points.append((marked[~masks].mean(), float(overlap)))
    area = 0.0
    for (left, low), (right, high) in pairwise(points):
        if left < limit and right > left:
            end = min(right, limit)
            at = low + (high - low) * (end - left) / (right - left)
            area += (end - left) * (low + at) / 2
    return area / limit


@pytest.mark.parametrize("seed", range(50))
def test_it_is_what_its_definition_says(seed):
    maps, masks = drawn(seed, levels=(0, 2, 5, 20)[seed % 4])
    limit = (0.3, 0.05, 1.0)[seed % 3]
    assert value(Aupro(limit=limit), maps, masks) == pytest.approx(plainly(maps, masks, limit), abs=1e-10)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(10))
def test_it_is_that_of_anomalib(seed):
    torch = pytest.importorskip("torch")
    metrics = pytest.importorskip("anomalib.metrics.aupro")
    maps, masks = drawn(seed, pictures=6, side=32)
    theirs = metrics._AUPRO(fpr_limit=0.3)
    theirs.update(torch.from_numpy((maps - maps.min()) / np.ptp(maps)), torch.from_numpy(masks))
    assert value(Aupro(limit=0.3), maps, masks) == pytest.approx(float(theirs.compute()), abs=1e-4)


def test_a_small_defect_counts_as_much_as_a_large_one():
    masks = np.zeros((2, 10, 10), bool)
    masks[0, :8, :8], masks[1, 0, 0] = True, True
    large, small = np.zeros(masks.shape), np.zeros(masks.shape)
    large[0], small[1] = masks[0], masks[1]
    assert value(Aupro(limit=0.3), large, masks) == pytest.approx(value(Aupro(limit=0.3), small, masks))


def test_defects_that_touch_at_corners_are_one_and_never_one_with_the_next_picture():
    masks = np.zeros((2, 6, 6), bool)
    masks[0, 0, 0] = masks[0, 1, 1] = masks[1, 0, 0] = True
    first = np.zeros(masks.shape)
    first[0, 0, 0] = 1
    flat = 0.15 * (1 - 0.25) + 0.25  # half of one region of two at once, then straight up to all at a rate of 1: the mean up to 0.3
    assert value(Aupro(limit=0.3), first, masks) == pytest.approx(flat)


def test_a_flat_map_is_half_the_limit():
    maps, masks = drawn(0)
    assert value(Aupro(limit=0.3), 0 * maps, masks) == pytest.approx(0.15)
