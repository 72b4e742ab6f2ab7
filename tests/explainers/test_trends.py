import numpy as np
import pytest

from bench.explainers.measurements import measure
from bench.explainers.trends import Trend, circle, line, outline
from bench.explainers.turns import turn
from tests.explainers.drawn import picture, shipped_explainer, strip


def trend_of(values: list[float], straight: float = 0.8) -> tuple[float, int]:
    found = line(np.array([values]), straight)
    return found.extent[0], found.sign[0]


def turned(kind: str, degrees: list[float], side: float = 20) -> Trend:
    frames = strip(*(picture(kind, side, angle) for angle in degrees))
    found = measure(frames[None], shipped_explainer().segmentation)
    return turn(found.harmonics, found.harmonic_errors, morph=0.25, morphs=np.array([False]), straight=0.8)


@pytest.mark.parametrize(
    ("values", "expected"),
    [([0, 1, 2, 3], (3, 1)), ([3, 2, 2, 0], (3, -1)), ([0, 3, 0, 3, 0], (3, 0)), ([0, 0, 5, 5], (5, 1)), ([2, 2, 2], (0, 0))],
)
def test_a_line_has_an_extent_and_a_sign_when_it_goes_one_way(values, expected):
    assert trend_of([float(value) for value in values]) == expected


def test_a_small_step_back_leaves_the_sign_and_a_large_one_takes_it():
    assert trend_of([0.0, 4.0, 3.6, 8.0])[1] == 1
    assert trend_of([0.0, 4.0, 1.0, 5.0])[1] == 0


def test_a_frame_without_an_object_is_no_change():
    assert trend_of([np.nan, 1.0, np.nan, 2.0]) == (1, 1)
    assert trend_of([np.nan, np.nan]) == (0, 0)


def test_a_circle_is_closed():
    found = circle(np.radians([[170.0, -170.0, -150.0]]), 0.8)
    assert np.degrees(found.extent[0]) == pytest.approx(40)
    assert found.sign[0] == 1


def test_steps_of_half_a_circle_have_no_side():
    assert circle(np.radians([[0.0, 180.0]]), 0.8).sign[0] == 0


def test_outlines_are_compared_over_all_pairs_of_frames():
    traits = np.array([[[0.5, 0, 0, 0], [0, 0.5, 0, 0], [0.5, 0, 0, 0]]])
    assert outline(traits, np.array([False])).extent[0] == pytest.approx(np.sqrt(0.5))


def test_growing_rounder_counts_only_where_size_stays():
    traits = np.array([[[0.1, 0, 0.2, 0], [0.3, 0, 0.6, 0]]])
    assert outline(traits, np.array([False])).extent[0] == pytest.approx(np.hypot(0.2, 0.4))
    assert outline(traits, np.array([True])).extent[0] == pytest.approx(0)


@pytest.mark.parametrize("kind", ["square", "ellipse", "wedge"])
@pytest.mark.parametrize("way", [1, -1])
def test_every_outline_shows_how_far_and_which_way_it_turns(kind, way):
    found = turned(kind, [0, way * 18, way * 36, way * 54, way * 72])
    assert found.extent[0] == pytest.approx(72, abs=3)
    assert found.sign[0] == way


@pytest.mark.parametrize(("kind", "period"), [("square", 90), ("ellipse", 180), ("wedge", 360)])
def test_trust_is_the_angle_after_which_the_outline_repeats(kind, period):
    assert turned(kind, [0, 10, 20]).trust[0] == period / 360


def test_a_square_hides_quarter_turns_and_a_wedge_shows_them():
    quarters = [0.0, 90, 180, 270, 360]
    assert turned("square", quarters).extent[0] < 1
    assert (turned("wedge", quarters).extent[0], turned("wedge", quarters).sign[0]) == (pytest.approx(360, abs=3), 1)


def test_quarter_turns_of_an_ellipse_have_no_side():
    found = turned("ellipse", [0, 90, 180, 270])
    assert (found.extent[0] > 80, found.sign[0]) == (True, 0)


def test_back_and_forth_has_no_sign():
    assert turned("ellipse", [0, 30, 0, 30]).sign[0] == 0


def test_frames_of_different_outlines_are_not_turned_onto_each_other():
    frames = strip(picture("ellipse", 20, 0), picture("ellipse", 20, 30), picture("square", 16, 40), picture("square", 16, 40))
    found = measure(frames[None], shipped_explainer().segmentation)
    assert turn(found.harmonics, found.harmonic_errors, morph=0.25, morphs=np.array([False]), straight=0.8).extent[
        0
    ] == pytest.approx(30, abs=2)


def test_a_missing_object_does_not_turn():
    frames = strip(np.zeros((1, 64, 64), np.uint8), np.zeros((1, 64, 64), np.uint8))
    found = measure(frames[None], shipped_explainer().segmentation)
    assert turn(found.harmonics, found.harmonic_errors, morph=0.25, morphs=np.array([False]), straight=0.8).extent[0] == 0


def test_a_box_that_gets_taller_than_wide_turns_only_if_its_outline_stays():
    frames = np.zeros((2, 1, 64, 64), np.uint8)
    frames[0, 0, 24:40, 20:44], frames[1, 0, 20:44, 24:40] = 255, 255
    found = measure(frames[None], shipped_explainer().segmentation)
    extents = [turn(found.harmonics, found.harmonic_errors, 0.25, np.array([morphs]), 0.8).extent[0] for morphs in (False, True)]
    assert extents == [pytest.approx(90, abs=1), 0]
