import numpy as np
import pytest

from bench.metrics.clip_directional import ClipDirectional
from tests.metrics.clip_world import CAPTIONS, ByHand, case

GROWS = ("small", "large")


def score(*cases):
    return ClipDirectional(encoder=ByHand(), captions=CAPTIONS)(cases)


def one(text, *strips):
    (value,) = score(case("z0", text, *strips))
    return value


def test_the_right_change_scores_one():
    assert one("The object grows.", GROWS) == pytest.approx(1)


def test_the_wrong_direction_scores_minus_one():
    assert one("The object shrinks.", GROWS) == pytest.approx(-1)


def test_another_factor_scores_nothing():
    assert one("The object moves to the right.", GROWS) == pytest.approx(0)


def test_a_change_without_direction_fits_both_ways():
    assert one("The size of the object changes.", GROWS) == pytest.approx(1)
    assert one("The size of the object changes.", GROWS[::-1]) == pytest.approx(1)


def test_a_claim_too_many_costs_its_share():
    assert one("The object grows and moves to the right.", GROWS) == pytest.approx(0.5**0.5)


def test_a_claim_too_few_costs_its_share():
    assert one("The object grows.", ("small left", "large right")) == pytest.approx(0.5**0.5)


def test_both_claims_together_score_one():
    assert one("The object grows and moves to the right.", ("small left", "large right")) == pytest.approx(1)


def test_shapes_choose_the_pair_that_fits_each_strip():
    assert one("The shape changes.", ("square", "heart"), ("heart", "ellipse")) == pytest.approx(1)


def test_turns_go_from_one_word_of_a_series_to_the_next():
    assert one("The object rotates counter-clockwise.", ("flat", "upright")) == pytest.approx(1)
    assert one("The object moves to the right.", ("flat", "upright")) == pytest.approx(0)


def test_a_claim_that_no_caption_shows_counts_as_wrong():
    assert one("The color of the object changes.", GROWS) == pytest.approx(0)
    assert one("The color of the object changes and it grows.", GROWS) == pytest.approx(0.5**0.5)


def test_an_answer_that_claims_nothing_scores_nothing():
    assert one("Nothing changes.", GROWS) == 0
    assert one("", GROWS) == 0


def test_strips_are_averaged_and_those_that_do_not_change_left_out():
    assert one("The object grows.", GROWS, GROWS[::-1], ("large", "large")) == pytest.approx(0)
    assert one("The object grows.", GROWS, ("large", "large")) == pytest.approx(1)


def test_without_a_visible_change_there_is_no_value():
    assert one("The object grows.", ("large", "large")) is None
    assert one("The object grows.") is None


def test_abstentions_and_failures_are_undefined():
    assert score(case("z0", None, GROWS), case("z1", "It grows.", GROWS, failure="refused")) == [None, None]


def test_it_agrees_with_the_formula_written_out():
    encoder = ByHand()
    unit = case("z0", "The object shrinks and moves to the left.", ("large square", "small left heart"), ("right", "left flat"))
    change = np.zeros(9)
    for before, after in (("large", "small"), ("right", "left")):
        moved = encoder.texts([after])[0] - encoder.texts([before])[0]
        change += moved / np.linalg.norm(moved)
    cosines = []
    for strip in unit.traversals.held_out:
        moved = encoder.images(strip.images[0, [-1]])[0] - encoder.images(strip.images[0, [0]])[0]
        cosines.append(moved @ change / np.linalg.norm(moved) / np.linalg.norm(change))
    assert score(unit) == [pytest.approx(float(np.mean(cosines)), abs=1e-6)]


def test_all_pictures_of_a_cell_are_encoded_in_one_go():
    encoder = ByHand()
    ClipDirectional(encoder=encoder, captions=CAPTIONS)([case(f"z{k}", "It grows.", GROWS, GROWS) for k in range(10)])
    assert encoder.pictures == 40
