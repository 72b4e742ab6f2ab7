import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from bench.metrics.pixel_ap import PixelAp
from tests.metrics.inspected import drawn, value


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("levels", [0, 3, 10])
def test_it_is_that_of_scikit_learn(seed, levels):
    maps, masks = drawn(seed, levels=levels)
    assert value(PixelAp(), maps, masks) == pytest.approx(average_precision_score(masks.ravel(), maps.ravel()), abs=1e-12)


def test_a_flat_map_has_the_share_of_defective_pixels():
    maps, masks = drawn(0)
    assert value(PixelAp(), 0 * maps, masks) == pytest.approx(masks.mean())


def test_by_hand_one_first_and_one_third():
    maps, masks = np.array([[[4.0, 1.0], [3.0, 2.0]]]), np.array([[[True, False], [False, True]]])
    assert value(PixelAp(), maps, masks) == pytest.approx((1 / 1 + 2 / 3) / 2)
