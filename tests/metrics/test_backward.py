"""Backward simulatability (M1): the strata and the ways to report them."""

import asyncio
import random
from dataclasses import replace

import numpy as np
import pytest

from bench.errors import ClientError
from bench.metrics.backward_accuracy import BackwardAccuracy
from bench.metrics.backward_choice import BackwardChoice
from bench.metrics.backward_corrected import BackwardCorrected
from bench.metrics.backward_mrr import BackwardMrr
from bench.metrics.backward_pia import BackwardPia
from tests.judges.cells import Reader, Table, case, honest, measured, rivals

METRICS = (BackwardAccuracy, BackwardCorrected, BackwardMrr, BackwardPia)


def run(metric, cases, judge=None, stratum="active", options=5, strips=None):
    choice = BackwardChoice(judge=judge or measured(), rivals=rivals(stratum), options=options, strips=strips)
    return asyncio.run(metric(choice=choice)(cases))


def same(text="The object grows larger."):
    return [replace(one, explanation=replace(one.explanation, text=text)) for one in honest()]


@pytest.mark.parametrize("metric", METRICS)
def test_true_answers_find_their_strips(metric):
    assert run(metric, honest()) == [1.0] * 5


@pytest.mark.parametrize("metric", METRICS)
def test_answers_of_the_next_unit_find_the_wrong_ones(metric):
    moved = [
        replace(one, explanation=replace(one.explanation, text=honest()[k - 1].explanation.text)) for k, one in enumerate(honest())
    ]
    worst = {BackwardAccuracy: 0, BackwardCorrected: -1 / 4, BackwardMrr: 0.5, BackwardPia: 0}[metric]
    assert max(run(metric, moved)) <= worst


def test_an_answer_that_fits_all_strips_alike_is_right_by_chance():
    blind = Table({})
    assert run(BackwardAccuracy, honest(), blind) == pytest.approx([0.2] * 5)
    assert run(BackwardCorrected, honest(), blind) == pytest.approx([0.0] * 5)
    assert run(BackwardMrr, honest(), blind) == pytest.approx([137 / 300] * 5)
    assert run(BackwardPia, honest(), blind) == [0.0] * 5


def test_one_answer_for_all_units_is_right_for_one_of_them():
    assert sum(run(BackwardAccuracy, same())) == pytest.approx(1.0)


def test_with_more_rivals_than_places_the_value_is_the_mean_over_every_draw():
    others = {f"z{k}": [0.9, 0.5, 0.1, 0.1][k - 1] for k in range(1, 5)}
    judge = Table({"The object moves to the right.": {"z0": 0.5, **others}})
    value = run(BackwardAccuracy, honest(), judge, options=2)[0]
    assert value == pytest.approx((0 + 0.5 + 1 + 1) / 4)


def test_a_draw_agrees_with_a_simulation():
    rng = np.random.default_rng(0)
    scores = dict(zip([f"z{k}" for k in range(5)], [0.5, 0.9, 0.5, 0.1, 0.1], strict=True))
    value = run(BackwardAccuracy, honest(), Table({"The object moves to the right.": scores}), options=3)[0]
    won = []
    for _ in range(20_000):
        shown = [scores["z0"], *rng.permutation([0.9, 0.5, 0.1, 0.1])[:2]]
        won.append(max(shown) == shown[0] and rng.integers(shown.count(shown[0])) == 0)
    assert value == pytest.approx(np.mean(won), abs=0.015)


@pytest.mark.parametrize(
    ("stratum", "options", "defined"), [("matched", 3, 5), ("family", 5, 2), ("partner", 5, 0), ("reversed", 2, 4)]
)
def test_a_stratum_scores_the_units_that_have_such_a_rival(stratum, options, defined):
    found = [value for value in run(BackwardAccuracy, honest(), stratum=stratum, options=options) if value is not None]
    assert found == [1.0] * defined


def test_only_the_reversed_strip_tells_an_answer_with_the_wrong_direction():
    wrong = [case("z0", "The object moves to the left.", position_x=1), *honest()[2:]]
    assert run(BackwardAccuracy, wrong, stratum="reversed", options=2)[0] == 0


def test_the_family_tells_an_answer_with_the_wrong_axis():
    wrong = [case("z0", "The object moves down.", position_x=1), *honest()[1:]]
    assert run(BackwardAccuracy, wrong, stratum="family")[0] == 0


def test_an_answer_on_an_inactive_unit_loses_against_those_that_do_what_it_says():
    """It wins only if the unit that grows is not drawn (1/5) and luck breaks the tie of five strips that do not (1/5)."""
    assert run(BackwardAccuracy, [*honest(), case("z9", "The object grows larger.")])[-1] == pytest.approx(1 / 25)


@pytest.mark.parametrize("metric", METRICS)
def test_no_answer_a_failure_and_a_unit_alone_are_undefined(metric):
    silent, failed = case("z5", None, scale=-1), case("z6", None, failure="refused", scale=-1)
    assert run(metric, [*honest(), silent, failed])[5:] == [None, None]
    assert run(metric, honest()[:1]) == [None]
    assert run(metric, []) == []
    assert run(metric, [silent, silent]) == [None, None]
    assert run(metric, [replace(one, traversals=replace(one.traversals, held_out=())) for one in honest()]) == [None] * 5


def test_two_units_make_a_choice_of_two():
    assert run(BackwardMrr, honest()[:2], Table({})) == pytest.approx([0.75, 0.75])


def test_the_order_of_the_units_does_not_matter():
    cases = [*honest(), case("z5", "It grows.", scale=-1), case("z6", "It turns and grows.", scale=1, orientation=1)]
    order = list(range(len(cases)))
    random.Random(0).shuffle(order)
    straight, turned = run(BackwardAccuracy, cases, options=3), run(BackwardAccuracy, [cases[k] for k in order], options=3)
    assert turned == pytest.approx([straight[k] for k in order])


def test_a_judge_is_asked_once_for_each_reference_code():
    judge = Table({})
    run(BackwardAccuracy, honest(), judge)
    run(BackwardAccuracy, honest(), judge, strips=1)
    assert judge.asked == [25, 25, 25]


def finds(text, units):
    """Takes the strip of the unit of which the text is true."""
    return next((k for k, unit in enumerate(units) if honest()[int(unit[1:])].explanation.text == text), None)


def test_a_reader_who_finds_it_is_right_in_every_order():
    reader = Reader(finds)
    assert run(BackwardPia, honest(), reader, options=3) == [1.0] * 5
    assert len(reader.shown) == 5 * 2 * 3
    assert {len(shown) for shown in reader.shown} == {3}


def test_a_reader_who_always_takes_the_first_is_right_by_chance_and_never_in_every_order():
    first = Reader(lambda text, units: 0)
    assert run(BackwardAccuracy, honest(), first) == pytest.approx([0.2] * 5)
    assert run(BackwardPia, honest(), first) == [0.0] * 5


def test_a_reader_who_takes_none_is_wrong():
    assert run(BackwardAccuracy, honest(), Reader(lambda text, units: None)) == [0.0] * 5


def test_a_reader_who_refuses_leaves_the_unit_without_a_value():
    def refuses(text, units):
        if "larger" in text:
            raise ClientError("refused", "no")
        return finds(text, units)

    assert run(BackwardAccuracy, honest(), Reader(refuses)) == [1.0, 1.0, None, 1.0, 1.0]


def test_a_reader_who_cannot_be_reached_fails_the_metric():
    def away(text, units):
        raise ClientError("unreachable", "no network")

    with pytest.raises(ClientError, match="no network"):
        run(BackwardAccuracy, honest(), Reader(away))


def test_a_reader_can_be_shown_the_reversed_strip():
    reader = Reader(lambda text, units: 0)
    assert run(BackwardAccuracy, honest(), reader, stratum="reversed", options=2)[0] == 0.5
    assert ("z0", "z0") in reader.shown
