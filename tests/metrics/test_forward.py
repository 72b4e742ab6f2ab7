"""Forward simulatability (M2): from a strip to its answer, and what equal answers cost."""

import asyncio
from dataclasses import replace

import pytest

from bench.metrics.forward_accuracy import ForwardAccuracy
from bench.metrics.forward_choice import ForwardChoice
from bench.metrics.forward_of_ceiling import ForwardOfCeiling
from tests.judges.cells import Reader, Table, case, honest, measured, rivals


def run(metric, cases, judge=None, options=5):
    return asyncio.run(
        metric(choice=ForwardChoice(judge=judge or measured(), rivals=rivals(), options=options, strips=None))(cases)
    )


def say(cases, *texts):
    return [replace(one, explanation=replace(one.explanation, text=text)) for one, text in zip(cases, texts, strict=True)]


@pytest.mark.parametrize("metric", [ForwardAccuracy, ForwardOfCeiling])
def test_strips_find_their_true_answers(metric):
    assert run(metric, honest()) == [1.0] * 5


def test_one_answer_for_all_is_chance_and_has_no_share_of_a_ceiling():
    alike = say(honest(), *["The object grows larger."] * 5)
    assert run(ForwardAccuracy, alike) == pytest.approx([0.2] * 5)
    assert run(ForwardOfCeiling, alike) == [None] * 5


def test_two_equal_answers_are_right_half_the_time_at_best():
    texts = ["The object moves to the right.", "the object moves to the right", *(c.explanation.text for c in honest()[2:])]
    cases = say(honest(), *texts)
    assert run(ForwardAccuracy, cases)[0] == pytest.approx(0.5)
    assert run(ForwardOfCeiling, cases)[0] == pytest.approx(1.0)


def test_a_choice_of_fewer_meets_the_equal_answer_only_sometimes():
    texts = ["The object moves to the right."] * 2 + [c.explanation.text for c in honest()[2:]]
    assert run(ForwardAccuracy, say(honest(), *texts), options=2)[0] == pytest.approx((0.5 + 3) / 4)


def test_wrong_answers_are_not_found():
    texts = [c.explanation.text for c in honest()]
    assert run(ForwardAccuracy, say(honest(), *texts[1:], texts[0])) == [0.0] * 5


def test_units_without_an_answer_are_no_rivals_and_have_no_value():
    cases = [*honest(), case("z5", None, scale=-1), case("z6", None, failure="refused", scale=-1)]
    values = run(ForwardAccuracy, cases, Table({}))
    assert values[:5] == pytest.approx([0.2] * 5)
    assert values[5:] == [None, None]


@pytest.mark.parametrize("metric", [ForwardAccuracy, ForwardOfCeiling])
def test_one_answer_alone_and_no_units_are_undefined(metric):
    assert run(metric, honest()[:1]) == [None]
    assert run(metric, []) == []
    assert run(metric, [honest()[0], case("z5", None, scale=1)]) == [None, None]


def test_a_reader_is_shown_answers_of_the_same_explainer_in_every_order():
    texts = [c.explanation.text for c in honest()]
    reader = Reader(lambda unit, shown: shown.index(texts[int(unit[1:])]))
    assert run(ForwardAccuracy, honest(), reader, options=3) == [1.0] * 5
    assert run(ForwardOfCeiling, honest(), reader, options=3) == [1.0] * 5
    assert {len(set(shown)) for shown in reader.shown} == {3}


def test_a_reader_who_always_takes_the_first_is_right_by_chance():
    assert run(ForwardAccuracy, honest(), Reader(lambda unit, shown: 0)) == pytest.approx([0.2] * 5)
