import numpy as np
import pytest

import bench
from bench.datasets.damage import blot, gap, grain, scratch
from bench.datasets.defects import Defects
from bench.datasets.dsprites import DSprites
from bench.errors import ConfigError

SPRITES = DSprites()


def made(**changes):
    fields = {"of": SPRITES, "learnt": 20, "inspected": 9, "kinds": ("scratch", "blot", "gap", "grain"), "seed": 0}
    return Defects(**(fields | changes))


def test_every_second_picture_is_damaged_where_its_mask_is_and_nowhere_else():
    normal, tested, masks = made().read()
    assert (normal.shape, tested.shape, masks.shape) == ((20, 1, 64, 64), (9, 1, 64, 64), (9, 64, 64))
    assert masks.any((1, 2)).tolist() == [False, True] * 4 + [False]
    undamaged = made(kinds=("blot",)).read()
    same = ~(masks | undamaged.masks)
    np.testing.assert_array_equal(tested[:, 0][same], undamaged.tested[:, 0][same])


def test_no_picture_is_learnt_and_tested():
    some, others = made(), made(seed=1)
    assert not np.array_equal(some.read().normal, others.read().normal)
    learnt = {image.tobytes() for image in some.read().normal}
    assert not learnt & {image.tobytes() for image in some.read().tested[::2]}


def test_the_seed_says_all():
    for one, again in zip(made().read(), made().read(), strict=True):
        np.testing.assert_array_equal(one, again)


@pytest.mark.parametrize("paint", [scratch, blot, gap, grain])
@pytest.mark.parametrize("seed", range(10))
def test_damage_is_small_and_leaves_the_picture_itself_alone(paint, seed):
    image = np.random.default_rng(100 + seed).integers(0, 256, (3, 64, 64), np.uint8)
    before = image.copy()
    changed = (paint(image, np.random.default_rng(seed)) != image).any(0)
    np.testing.assert_array_equal(image, before)
    assert 5 < changed.sum() < 0.15 * changed.size


def test_a_scratch_is_longer_than_it_is_wide():
    rows, columns = np.nonzero((scratch(np.zeros((1, 64, 64), np.uint8), np.random.default_rng(3)) > 0)[0])
    points = np.stack([rows, columns]).astype(float)
    wide, long = np.sqrt(np.linalg.eigvalsh(np.cov(points)))
    assert long > 4 * wide


def test_the_dataset_must_have_enough_pictures():
    with pytest.raises(ConfigError, match="expected no more than the 737280 pictures"):
        made(learnt=737_280)


def test_some_kind_of_damage_is_needed():
    with pytest.raises(ConfigError, match="expected some of scratch, blot, gap, grain"):
        made(kinds=())


def test_the_shipped_set_has_what_its_card_says():
    dataset = bench.load("dataset=defects")
    assert (len(dataset), len(dataset.trial), len(dataset.tested)) == (400, 100, 120)
    assert dataset.masks(dataset.tested).any((1, 2)).sum() == 60
