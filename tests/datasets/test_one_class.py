from dataclasses import dataclass

import numpy as np
import pytest

from bench.datasets.inspected import Inspected, Stock
from bench.datasets.one_class import OneClass
from bench.errors import ConfigError, DataError
from bench.interfaces import Dataset


@dataclass(frozen=True)
class Shelf:
    """Ten numbered pictures to learn from, and three to test, of which the second has a defect."""

    count: int = 10
    subject: str = "the shelf"

    def read(self):
        normal = np.arange(self.count, dtype=np.uint8)[:, None, None, None] * 10 + np.arange(64, dtype=np.uint8).reshape(1, 1, 8, 8)
        tested = 200 + np.zeros((3, 1, 8, 8), np.uint8)
        masks = np.zeros((3, 8, 8), bool)
        masks[1, 2:4, 2:4] = True
        return Stock(normal, tested, masks)


def made(count=10, share=0.4, turned=False):
    return OneClass(source=Shelf(count), trial_share=share, turned=turned)


def test_it_is_a_dataset_that_can_be_inspected():
    assert isinstance(made(), Dataset)
    assert isinstance(made(), Inspected)


def test_what_is_learnt_tried_and_tested_are_apart_and_in_this_order():
    dataset = made()
    assert len(dataset) == 6
    assert dataset.trial.tolist() == [6, 7, 8, 9]
    assert dataset.tested.tolist() == [10, 11, 12]
    assert dataset.images(np.arange(6))[:, 0, 0, 0].tolist() == [0, 10, 20, 30, 40, 50]
    assert dataset.images(dataset.tested).min() == 200


def test_every_second_picture_for_trial_has_a_made_up_defect_where_its_mask_is():
    dataset, whole = made(), Shelf().read().normal[6:]
    images, masks = dataset.images(dataset.trial), dataset.masks(dataset.trial)
    assert masks.any((1, 2)).tolist() == [False, True, False, True]
    changed = np.abs(images[:, 0].astype(int) - whole[:, 0])
    assert (changed[masks] >= 24).all()
    assert (changed[~masks] < 24).all()
    np.testing.assert_array_equal(images[::2], whole[::2])


def test_masks_are_those_of_the_source_and_empty_for_what_is_learnt():
    dataset = made()
    assert dataset.masks(np.array([0, 5, 10, 11])).any((1, 2)).tolist() == [False, False, False, True]
    assert dataset.masks(np.array([11]))[0].sum() == 4


def test_turned_pictures_are_all_eight_and_only_those_to_learn_from():
    dataset, plain = made(turned=True), made()
    assert len(dataset) == 48
    eight = dataset.images(np.arange(8))[:, 0]
    assert len({image.tobytes() for image in eight}) == 8
    picture = plain.images(np.array([0]))[0, 0]
    expected = {np.rot90(side, turn).tobytes() for side in (picture, picture[:, ::-1]) for turn in range(4)}
    assert {image.tobytes() for image in eight} == expected
    np.testing.assert_array_equal(dataset.images(dataset.trial), plain.images(plain.trial))
    np.testing.assert_array_equal(dataset.images(dataset.tested), plain.images(plain.tested))


def test_no_pictures_have_a_shape():
    assert made().images(np.zeros(0, np.int64)).shape == (0, 1, 8, 8)
    assert made().masks(np.zeros(0, np.int64)).shape == (0, 8, 8)


@pytest.mark.parametrize("index", [-1, 13])
def test_an_index_outside_is_refused(index):
    with pytest.raises(ValueError, match="expected an index from 0 to 12"):
        made().images(np.array([index]))


def test_a_fingerprint_knows_every_pixel_and_mask():
    assert made().fingerprint == made().fingerprint
    assert made(11).fingerprint != made().fingerprint


def test_too_few_pictures_are_an_error():
    assert len(made(3)) == 1
    with pytest.raises(DataError, match="at least 3 normal pictures"):
        len(made(2))


def test_pictures_cannot_be_looked_up_by_factors():
    with pytest.raises(ConfigError, match=r"set model\.truth to null"):
        made().index(np.zeros((1, 0), np.int64))


def test_building_one_reads_no_file():
    class Unread(Shelf):
        def read(self):
            raise AssertionError

    assert OneClass(source=Unread(), trial_share=0.1, turned=False).vocabulary.subject == "the shelf"
