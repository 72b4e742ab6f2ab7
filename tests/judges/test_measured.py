import numpy as np
import pytest

from bench.errors import ConfigError
from bench.judges.answers import backwards
from bench.judges.measured import MeasuredJudge
from tests.judges.cells import WORDS, honest, measured, strip

TEXTS = [one.explanation.text for one in honest()]
STRIPS = [one.traversals.held_out[0] for one in honest()]


def test_each_text_fits_its_own_strip_best():
    scores = measured().fits(TEXTS, STRIPS, WORDS)
    assert scores.argmax(1).tolist() == scores.argmax(0).tolist() == [0, 1, 2, 3, 4]
    assert scores.diagonal().min() > 0.9


def test_a_reversed_strip_fits_as_badly_as_the_strip_fits_well():
    forth = measured().fits(TEXTS[:1], STRIPS[:1], WORDS)
    back = measured().fits(TEXTS[:1], [backwards(STRIPS[0])], WORDS)
    assert forth[0, 0] == pytest.approx(-back[0, 0], abs=0.02)


def test_a_text_without_a_direction_fits_both_ways():
    both = [STRIPS[0], backwards(STRIPS[0])]
    forth, back = measured().fits(["The horizontal position changes."], both, WORDS)[0]
    assert forth == pytest.approx(back, abs=0.02)
    assert forth > 0.9


def test_a_text_that_claims_nothing_fits_only_what_stays():
    scores = measured().fits(["Nothing changes."], [*STRIPS, strip()], WORDS)
    assert scores[0].tolist() == [0, 0, 0, 0, 0, 1]


def test_a_text_that_claims_a_change_does_not_fit_what_stays():
    assert measured().fits(TEXTS, [strip()], WORDS).tolist() == [[0.0]] * 5


def test_naming_both_changes_fits_better_than_naming_one_or_a_wrong_one_too():
    moved = [strip(position_x=1, position_y=1)]
    both, one, three = measured().fits(
        ["The object moves right and down.", "The object moves right.", "The object moves right and down and grows."], moved, WORDS
    )[:, 0]
    assert both > three > 0
    assert both > one > 0


def test_two_end_frames_tell_which_one_has_the_larger_value():
    found = measured().rises([*TEXTS[:3], TEXTS[3]], STRIPS[:4], WORDS)
    assert (found[:3] > 0.9).all()
    assert found[3] == 0.5
    assert (measured().rises(TEXTS[:3], [backwards(one) for one in STRIPS[:3]], WORDS) < 0.1).all()


def test_a_change_of_which_nothing_is_measured_is_one_of_the_rest():
    speckled = strip()
    images = speckled.images.copy()
    images[0, 2:, 0, 0, ::2] = 20  # too faint for an object, but there to be seen
    from dataclasses import replace

    judge = replace(measured(), visible=1e-4)
    assert judge.fits(["The object rotates."], [replace(speckled, images=images)], WORDS)[0, 0] == pytest.approx(1)


def test_only_the_rows_under_the_own_condition_are_looked_at():
    from dataclasses import replace

    from bench.artifacts import Condition, Row

    here, there = strip(position_x=1), strip(scale=1)
    rows = (Row((0,), Condition("a", (1,), (0.0,))), Row((0,), Condition("b", (1,), (1.0,))))
    both = replace(here, images=np.concatenate([here.images, there.images]), codes=here.codes.repeat(2, 0), rows=rows)
    assert measured().fits(TEXTS, [both], WORDS)[:, 0].argmax() == 0
    assert measured().fits(TEXTS, [both], WORDS)[2, 0] == 0


def test_a_strip_is_measured_once_however_often_it_is_asked_for(monkeypatch):
    from dataclasses import replace

    import bench.judges.measured as module

    judge, calls = replace(measured()), []
    real = module.measure
    monkeypatch.setattr(module, "measure", lambda *given: calls.append(1) or real(*given))
    judge.fits(TEXTS, STRIPS, WORDS)
    judge.fits(TEXTS, STRIPS, WORDS)
    assert len(calls) == len(STRIPS)


def test_an_unknown_aspect_is_refused():
    known = measured()
    with pytest.raises(ConfigError, match="smell"):
        MeasuredJudge(
            segmentation=known.segmentation,
            significance=known.significance,
            factors={"smell": ("scale",)},
            rest="orientation",
            visible=0.01,
        )
