import numpy as np
import pytest

from bench.explainers.measurements import Measurements, measure
from bench.explainers.moments import moments, traits
from tests.explainers.drawn import picture, shipped_explainer, strip


def measured(*frames: np.ndarray) -> Measurements:
    return measure(strip(*frames)[None], shipped_explainer().segmentation)


def test_position_is_the_centroid_right_and_down_in_sides():
    found = measured(picture("square", x=20, y=44))
    assert found.scalars["position_x"][0, 0] == pytest.approx(20 / 64)
    assert found.scalars["position_y"][0, 0] == pytest.approx(44 / 64)


def test_size_is_the_logarithm_of_the_area():
    found = measured(picture("square", side=10), picture("square", side=20))
    assert np.diff(found.scalars["size"])[0, 0] == pytest.approx(np.log(4))


def test_radius_is_that_of_a_disc_as_large():
    assert measured(picture("square", side=16)).radius[0] == pytest.approx(16 / np.sqrt(np.pi) / 64)


def test_brightness_is_the_light_of_the_object():
    assert measured(picture("square", light=102)).scalars["brightness"][0, 0] == pytest.approx(0.4)


def test_a_picture_without_an_object_has_no_position_and_is_dark():
    found = measured(picture("square"), np.zeros((1, 64, 64), np.uint8))
    assert np.isnan(found.scalars["position_x"][0, 1])
    assert np.isnan(found.scalars["size"][0, 1])
    assert found.scalars["brightness"][0].tolist() == [1, 0]


def test_a_single_pixel_can_be_measured():
    image = np.zeros((1, 64, 64), np.uint8)
    image[0, 10:13, 20:23] = 255
    weights = np.zeros((1, 64, 64), np.float32)
    weights[0, 11, 21] = 1
    found = moments(weights)
    assert (found.area[0], found.x[0], found.y[0]) == (1, 21.5, -11.5)
    assert np.isfinite(found.harmonics).all()


def test_the_fourth_harmonic_of_a_square_is_exact():
    # Over a square of side s: c40 = s^6 (1/40 - 6/144), and the mean square radius is s²/6.
    found = moments(picture("square", side=32)[0][None].astype(np.float32) / 255)
    assert found.harmonics[0, 3] == pytest.approx((1 / 40 - 6 / 144) * 36, rel=0.01)
    assert np.abs(found.harmonics[0, :3]).max() < 1e-6


def test_the_second_harmonic_of_an_ellipse_is_exact():
    # Half axes a = 2b: (a² - b²) / (a² + b²).
    found = moments(picture("ellipse", side=24)[0][None].astype(np.float32) / 255)
    assert found.harmonics[0, 1] == pytest.approx(0.6, rel=0.02)


@pytest.mark.parametrize(("kind", "side"), [("square", 38), ("ellipse", 28), ("wedge", 40)])
def test_turning_the_object_turns_each_harmonic_by_its_order(kind, side):
    still, turned = measured(picture(kind, side), picture(kind, side, degrees=25)).harmonics[0]
    assert turned == pytest.approx(still * np.exp(1j * np.radians(25) * np.arange(1, 5)), abs=0.05)


@pytest.mark.parametrize("kind", ["square", "ellipse", "wedge"])
def test_traits_do_not_change_with_place_size_or_orientation(kind):
    found = traits(measured(picture(kind, side=14), picture(kind, side=22, degrees=70, x=25.3, y=35.7)).harmonics)[0]
    assert found[1] == pytest.approx(found[0], abs=0.04)


def test_traits_tell_outlines_apart():
    found = traits(measured(*(picture(kind, side=18) for kind in ("square", "ellipse", "wedge", "disc"))).harmonics)[0]
    apart = np.linalg.norm(found[:, None] - found[None], axis=-1)[np.triu_indices(4, 1)]
    assert apart.min() > 0.25


def test_standard_errors_are_those_of_many_placements():
    rng = np.random.default_rng(0)
    places = rng.uniform(30, 34, (300, 3))
    frames = [picture("ellipse", side=10, degrees=90 * turn, x=x, y=y)[0] for x, y, turn in places]
    found = moments(np.stack(frames).astype(np.float32) / 255)
    assert np.std(found.area) / np.mean(found.area) == pytest.approx(found.error.mean(), rel=0.5)
    assert np.std(found.x - places[:, 0]) == pytest.approx(found.shift_error.mean(), rel=0.5)


def test_a_disc_has_no_certain_orientation():
    found = measured(picture("disc", side=20, x=32.3), picture("ellipse", side=20, x=32.3))
    assert found.errors["turn"][0] > 20
    assert measured(picture("ellipse", side=20, x=32.3)).errors["turn"][0] < 2


def test_hues_are_circular_means_of_their_regions():
    scene = np.zeros((3, 64, 64), np.uint8)
    scene[2, :32], scene[1, 32:], scene[:2, 24:44, 24:44] = 200, 200, 200
    scene[2, 24:44, 24:44] = 0
    hues = {name: np.degrees(values[0, 0]) % 360 for name, values in measured(scene).hues.items()}
    assert hues == pytest.approx({"colour": 60, "upper_colour": 240, "lower_colour": 120}, abs=2)


def test_grey_pictures_have_no_hues_and_coloured_ones_no_brightness():
    assert not measured(picture("square")).hues
    scene = np.zeros((3, 64, 64), np.uint8)
    scene[2], scene[0, 24:44, 24:44] = 200, 200
    assert "brightness" not in measured(scene).scalars
