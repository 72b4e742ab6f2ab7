import numpy as np
import pytest

from bench.explainers.segmentation import Segmentation, coloured, peak
from tests.explainers.drawn import blurred, picture, shipped_explainer

SEGMENTATION: Segmentation = shipped_explainer().segmentation


def test_a_sharp_object_is_its_pixels():
    image = picture("ellipse", side=18, degrees=30)
    assert np.array_equal(SEGMENTATION(image[None])[0], image[0] / 255)


def test_a_dark_object_on_light_is_found_as_well():
    image = picture("wedge")
    assert np.array_equal(SEGMENTATION(255 - image[None]), SEGMENTATION(image[None]))


@pytest.mark.parametrize("level", [0, 40, 255])
def test_an_even_picture_has_no_object(level):
    assert not SEGMENTATION(np.full((1, 1, 64, 64), level, np.uint8)).any()


def test_blur_keeps_the_area_within_a_tenth():
    image = picture("square", side=20)
    soft = blurred(image[None], 1.5, 0.0, np.random.default_rng(0))
    assert SEGMENTATION(soft).sum() == pytest.approx(400, rel=0.1)


def test_an_object_that_hardly_stands_out_is_none():
    assert not SEGMENTATION(picture("square", light=20)[None]).any()
    assert SEGMENTATION(picture("square", light=30)[None]).any()


def test_noise_leaves_no_specks_far_from_the_object():
    soft = blurred(picture("square", side=5)[None], 2.5, 0.04, np.random.default_rng(0))
    weights = SEGMENTATION(soft)[0].copy()
    weights[22:42, 22:42] = 0
    assert weights.sum() < 1


def test_the_object_of_a_scene_is_what_has_neither_background_colour():
    scene = np.zeros((1, 3, 64, 64), np.uint8)
    scene[:, 2, :32], scene[:, 1, 32:] = 200, 180
    scene[:, :, 24:44, 20:40] = 0
    scene[:, 0, 24:44, 20:40] = np.linspace(100, 255, 20)[:, None]
    expected = np.zeros((64, 64))
    expected[24:44, 20:40] = 1
    assert np.array_equal(SEGMENTATION(scene)[0], expected)


def test_grey_in_three_channels_is_no_colour():
    assert not coloured(np.repeat(picture("square")[None], 3, axis=1)).any()


def test_the_peak_passes_over_stray_pixels():
    image = picture("square", side=16, light=100)
    image[0, 0, :20] = 255
    assert peak(image).tolist() == [100]
