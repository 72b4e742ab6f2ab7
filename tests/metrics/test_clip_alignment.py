import numpy as np
import pytest

from bench.metrics.clip_alignment import ClipAlignment
from tests.metrics.clip_world import ByHand, case


def score(*cases):
    return ClipAlignment(encoder=ByHand())(cases)


def test_it_is_the_mean_cosine_with_both_ends():
    assert score(case("z0", "large", ("small", "large"))) == [pytest.approx(0.5)]
    assert score(case("z0", "small square", ("small", "square"))) == [pytest.approx(0.5**0.5)]


def test_strips_are_averaged():
    assert score(case("z0", "large", ("large", "large"), ("small", "large"))) == [pytest.approx(0.75)]


def test_each_case_has_its_own_value_whatever_stands_beside_it():
    some = [case("z0", "large", ("large", "large")), case("z1", None, ("small", "large")), case("z2", "heart", ("small", "large"))]
    assert score(*some) == [pytest.approx(1), None, pytest.approx(0)]


def test_abstentions_failures_and_units_without_held_out_strips_are_undefined():
    strip = ("small", "large")
    assert score(case("z0", None, strip), case("z1", "large", strip, failure="refused"), case("z2", "large")) == [None] * 3


def test_a_blank_answer_scores_nothing():
    assert score(case("z0", " ", ("small", "large"))) == [0.0]


def test_it_agrees_with_a_loop_over_pictures():
    encoder = ByHand()
    unit = case("z0", "small heart", ("small left", "heart right"), ("flat", "small upright"))
    text = encoder.texts(["small heart"])[0]
    looped = [encoder.images(strip.images[0, [end]])[0] @ text for strip in unit.traversals.held_out for end in (0, -1)]
    assert score(unit) == [pytest.approx(float(np.mean(looped)), abs=1e-6)]
