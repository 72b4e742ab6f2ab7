import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from bench.metrics.pixel_auroc import PixelAuroc
from tests.metrics.inspected import drawn, value


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("levels", [0, 3, 10])
def test_it_is_that_of_scikit_learn(seed, levels):
    maps, masks = drawn(seed, levels=levels)
    assert value(PixelAuroc(), maps, masks) == pytest.approx(roc_auc_score(masks.ravel(), maps.ravel()), abs=1e-12)


def test_a_flat_map_is_chance():
    maps, masks = drawn(0)
    assert value(PixelAuroc(), 0 * maps, masks) == 0.5


def test_by_hand_three_of_four_pairs_are_in_order():
    maps, masks = np.array([[[4.0, 1.0], [3.0, 2.0]]]), np.array([[[True, False], [False, True]]])
    assert value(PixelAuroc(), maps, masks) == 0.75


def test_pictures_are_ranked_together():
    maps, masks = drawn(1)
    apart = maps + 100 * np.arange(4, dtype=np.float32)[::-1, None, None]
    assert value(PixelAuroc(), apart, masks) != pytest.approx(value(PixelAuroc(), maps, masks), abs=0.05)
