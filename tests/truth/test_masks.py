import numpy as np
import pytest

from bench.artifacts import Effect
from bench.datasets.dsprites import DSprites
from bench.truth.masks import FactorMasks
from tests.attention.blocks import BLOCKS

MASKS = FactorMasks()


def at(left, top, size):
    return BLOCKS.index(np.array([[left, top, size, 0]]))


def test_a_mask_is_the_part_of_the_other_values_that_change_a_pixel():
    mask = MASKS.of("left", BLOCKS, at(0, 0, 0))[0]  # 2 by 2, at 0; the others stand at 3, 6 and 9
    expected = np.zeros((16, 16))
    expected[:2, :2] = 1
    for left in (3, 6, 9):
        expected[:2, left : left + 2] = 1 / 3
    np.testing.assert_allclose(mask, expected, atol=1e-6)


def test_growth_changes_nothing_but_the_rim():
    mask = MASKS.of("size", BLOCKS, at(1, 1, 1))[0]
    expected = np.zeros((16, 16))
    expected[3:7, 3:7] = 1
    expected[3:5, 3:5] = 0
    np.testing.assert_allclose(mask, expected)


def test_a_factor_with_one_value_changes_nothing():
    assert not MASKS.of("tone", BLOCKS, at(1, 1, 1)).any()


def test_masks_of_several_factors_are_mixed_by_their_shares():
    index = at(1, 2, 0)
    mixed = MASKS.mixed((Effect("left", 0.6, 1), Effect("top", 0.2, None)), BLOCKS, index)
    np.testing.assert_allclose(mixed, 0.75 * MASKS.of("left", BLOCKS, index) + 0.25 * MASKS.of("top", BLOCKS, index), atol=1e-6)


def test_another_dataset_has_other_masks():
    sprites = DSprites()
    mine = FactorMasks()
    assert mine.of("size", BLOCKS, np.array([3])).shape == (1, 16, 16)
    assert mine.of("scale", sprites, np.array([3])).shape == (1, 64, 64)
    assert mine.of("size", BLOCKS, np.array([3])).shape == (1, 16, 16)


def test_masks_agree_with_every_picture_of_the_factor():
    sprites, picture = DSprites(), 412_345
    classes = np.repeat(sprites.classes(np.array([picture])), 3, axis=0)
    classes[:, 1] = np.arange(3)
    pictures = sprites.images(sprites.index(classes))[:, 0].astype(float) / 255
    own = sprites.images(np.array([picture]))[0, 0].astype(float) / 255
    expected = np.abs(pictures - own).sum(0) / 2
    np.testing.assert_allclose(MASKS.of("shape", sprites, np.array([picture]))[0], expected, atol=1e-6)
    assert expected.any()


def test_an_unknown_factor_is_an_error():
    with pytest.raises(ValueError, match="not in list"):
        MASKS.of("weight", BLOCKS, np.array([0]))
