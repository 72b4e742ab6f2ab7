from dataclasses import replace

import numpy as np
import pytest

from bench.errors import ConfigError
from bench.explainers.changes import Changes
from bench.explainers.measurements import measure
from tests.explainers.drawn import ORIENTATION, SCALE, SHAPE, blurred, picture, ramp, shipped_explainer, sprites, strip


def changes(*strips: np.ndarray) -> list[Changes]:
    explainer = shipped_explainer()
    return explainer.significance(measure(np.stack(strips), explainer.segmentation))


def aspects(*strips: np.ndarray) -> set[str]:
    return {name for found in changes(*strips) for name in found}


def test_a_change_has_its_share_of_the_range_and_its_sign():
    (found,) = changes(strip(picture("square", side=10), picture("square", side=20)))
    assert (found["size"].effect, found["size"].sign) == (pytest.approx(np.log(4) / 1.39), 1)


def test_an_effect_is_no_larger_than_the_range():
    (found,) = changes(strip(picture("square", side=8), picture("square", side=24)))
    assert found["size"].effect == 1


def test_a_turning_heart_sways_and_does_not_move():
    rng = np.random.default_rng(0)
    assert aspects(*(sprites(rng, {ORIENTATION: ramp(ORIENTATION)}, shape=2, scale=5) for _ in range(10))) == {"turn"}


def test_a_growing_heart_drifts_and_does_not_move():
    rng = np.random.default_rng(0)
    assert aspects(*(sprites(rng, {SCALE: ramp(SCALE)}, shape=2) for _ in range(10))) == {"size"}


def test_an_outline_of_another_area_is_no_change_of_size():
    rng = np.random.default_rng(0)
    assert aspects(*(sprites(rng, {SHAPE: ramp(SHAPE)}, scale=3) for _ in range(10))) == {"outline"}


def test_blur_that_dims_a_small_object_is_no_change_of_brightness():
    rng = np.random.default_rng(0)
    strips = [blurred(sprites(rng, {SCALE: ramp(SCALE)}, shape=2), 2.0, 0.0, rng) for _ in range(10)]
    assert "brightness" not in aspects(*strips)


def test_a_turn_of_a_few_degrees_is_none():
    assert not aspects(strip(picture("wedge", side=30), picture("wedge", side=30, degrees=5)))


def test_proportions_of_a_few_pixels_are_too_uncertain_to_change():
    small, large = np.zeros((2, 1, 16, 16), np.uint8), np.zeros((2, 1, 64, 64), np.uint8)
    small[0, 0, 6:9, 6:9], small[1, 0, 6:9, 6:10] = 255, 255
    large[0, 0, 20:32, 20:32], large[1, 0, 20:32, 20:36] = 255, 255
    assert (aspects(small), aspects(large)) == (set(), {"outline"})


def test_a_missing_floor_is_a_config_error():
    significance = shipped_explainer().significance
    floors = {name: value for name, value in significance.floors.items() if name != "turn"}
    with pytest.raises(ConfigError, match="floors: expected a value above 0"):
        replace(significance, floors=floors)
