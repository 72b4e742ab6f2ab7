import numpy as np
import pytest
from sklearn.datasets import load_digits

import bench
from bench.datasets.digits import Digits
from bench.errors import ConfigError


def made(**changes):
    return Digits(**({"of": 3, "others": (5, 8), "share": 0.25, "enlarged": 2, "reach": 1} | changes))


def test_the_digit_is_divided_and_the_others_are_half_of_what_is_tested():
    normal, tested, masks = made().read()
    found = load_digits()
    own = found.images[found.target == 3]
    assert len(normal) + 46 == len(own) == 183
    assert tested.shape == (46 + 2 * 23, 1, 16, 16)
    assert not masks[:46].any()
    assert masks[46:].any((1, 2)).mean() > 0.9
    np.testing.assert_array_equal(np.rint(normal[:, 0, ::2, 1::2] * (16 / 255)), own[:-46])


def test_masks_lie_on_ink():
    _, tested, masks = made().read()
    assert (tested[:, 0][masks] >= 128).all()
    assert masks.sum() < 0.2 * (tested[46:] >= 128).sum()


def test_each_pixel_is_repeated():
    small, large = made(enlarged=1).read().tested, made(enlarged=3).read().tested
    np.testing.assert_array_equal(small.repeat(3, 2).repeat(3, 3), large)


@pytest.mark.parametrize("others", [(), (3, 5)])
def test_the_others_are_others(others):
    with pytest.raises(ConfigError, match="other than the normal one"):
        made(others=others)


def test_the_shipped_set_has_what_its_card_says():
    dataset = bench.load("dataset=digits_one_class")
    assert (len(dataset), len(dataset.trial), len(dataset.tested)) == (110, 27, 92)
