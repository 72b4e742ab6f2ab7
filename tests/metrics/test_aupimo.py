import numpy as np
import pytest

from bench.errors import ConfigError
from bench.metrics.aupimo import Aupimo
from tests.metrics.inspected import drawn, value


def plainly(maps, masks, low, high, steps=20_000):
    """The share of each picture's defect found at each of many rates, evenly spread in their logarithm; then the mean."""
    bad = masks.any((1, 2))
    normal = np.sort(maps[~bad].ravel())[::-1]
    rates = np.exp((np.arange(steps) + 0.5) / steps * np.log(high / low)) * low
    limits = normal[np.ceil(rates * len(normal)).astype(int) - 1]
    found = [np.mean([(shown[mask] > limit).mean() for limit in limits]) for shown, mask in zip(maps[bad], masks[bad], strict=True)]
    return float(np.mean(found))


@pytest.mark.parametrize("seed", range(10))
def test_it_is_what_its_definition_says(seed):
    maps, masks = drawn(seed)
    assert value(Aupimo(low=0.01, high=0.1), maps, masks) == pytest.approx(plainly(maps, masks, 0.01, 0.1), abs=1e-3)


def test_by_hand_with_two_thresholds():
    maps, masks = np.zeros((2, 2, 2)), np.zeros((2, 2, 2), bool)
    maps[0], masks[1, 0], maps[1, 0] = [[9, 5], [1, 0]], True, [10, 7]
    # Rates to 1/4: above 9 lies one of two pixels; from 1/4 to 1/2, above 5, both.
    expected = 0.5 * np.log(0.25 / 0.25) / np.log(2) + 1.0 * np.log(0.5 / 0.25) / np.log(2)
    assert value(Aupimo(low=0.25, high=0.5), maps, masks) == pytest.approx(expected)
    assert value(Aupimo(low=0.25, high=0.3), maps, masks) == pytest.approx(1.0)
    maps[1, 0, 1] = 4
    assert value(Aupimo(low=0.25, high=0.5), maps, masks) == pytest.approx(0.5)


def test_a_flat_map_finds_as_much_as_it_marks():
    maps, masks = drawn(0)
    expected = (0.1 - 0.01) / np.log(0.1 / 0.01)
    assert value(Aupimo(low=0.01, high=0.1), 0 * maps, masks) == pytest.approx(expected)


def test_by_hand_pixels_that_are_tied_with_normal_ones_are_found_in_proportion():
    maps, masks = np.zeros((2, 2, 2)), np.zeros((2, 2, 2), bool)
    maps[0], masks[1, 0], maps[1, 0] = [[5, 5], [1, 0]], True, [5, 1]
    # One of two pixels is tied with the two highest of four: the share rises from 0 to 1/2 as the rate does.
    expected = 1.0 * (0.5 - 0.25) / np.log(2)
    assert value(Aupimo(low=0.25, high=0.5), maps, masks) == pytest.approx(expected)


def test_false_positives_in_defective_pictures_are_not_seen():
    maps, masks = drawn(0)
    loud = np.where(masks.any((1, 2))[:, None, None] & ~masks, 100, maps)
    metric = Aupimo(low=0.01, high=0.1)
    assert value(metric, loud, masks) == value(metric, maps, masks)


def test_too_few_normal_pixels_for_the_lowest_rate_leave_no_value():
    maps, masks = drawn(0)  # one normal picture of 144 pixels
    assert value(Aupimo(low=0.001, high=0.1), maps, masks) is None
    assert value(Aupimo(low=0.01, high=0.1), maps[1:], masks[1:]) is None


def test_the_rates_must_rise():
    with pytest.raises(ConfigError, match="expected less than high"):
        Aupimo(low=0.1, high=0.1)
