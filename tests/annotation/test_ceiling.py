import pytest
from annotation.raters import given, label

from bench.annotation.ceiling import ceilings
from bench.build import build
from bench.errors import ConfigError

NODES = {
    "rouge_l": {"_target_": "bench.metrics.rouge_l.RougeL", "stem": True, "over": "best"},
    "set_f1": {"_target_": "bench.metrics.set_f1.SetF1"},
    "sign_accuracy": {"_target_": "bench.metrics.sign_accuracy.SignAccuracy"},
    "label_kappa": {"_target_": "bench.metrics.label_kappa.LabelKappa"},
}


def scored(people, *names):
    return ceilings(people, {name: build(NODES[name], name) for name in names}, draws=200, seed=0)


def test_raters_who_write_the_same_reach_the_ceiling_of_a_text_metric():
    people = given(*(label(who, unit, text="The object grows larger.") for who in "abc" for unit in ("z0", "z1")))
    [one] = scored(people, "rouge_l")
    assert (one.answers, one.against, one.mean, one.scored, one.total, one.units) == ("words", "words", 1.0, 6, 6, 2)


def test_words_are_held_against_the_best_of_the_others_and_never_against_themselves():
    texts = {"a": "size grows", "b": "size grows", "c": "hue turns"}
    [one] = scored(given(*(label(who, "z0", text=text) for who, text in texts.items())), "rouge_l")
    assert one.mean == pytest.approx((1 + 1 + 0) / 3)


def test_no_clear_pattern_has_no_words_to_compare():
    [one] = scored(given(label("a", "z0"), label("b", "z0", text="It grows."), label("c", "z0", text="It grows.")), "rouge_l")
    assert (one.scored, one.total) == (2, 2)


def test_ticks_are_held_against_each_other_rater_by_hand():
    # scale beside scale and shape: 2 · 1 / (1 + 2), whichever of the two is the truth.
    people = given(label("a", "z0", "scale+"), label("b", "z0", "scale+ shape~"))
    ticks = [one for one in scored(people, "set_f1") if one.answers == "ticks"]
    assert [(one.mean, one.scored, one.against) for one in ticks] == [(pytest.approx(2 / 3), 2, "ticks")]


def test_words_lose_what_cannot_be_read_in_them():
    text = "The thing does something."
    people = given(*(label(who, "z0", "scale+", text) for who in "ab"))
    assert {one.answers: one.mean for one in scored(people, "set_f1")} == {"words": 0.0, "ticks": 1.0}


def test_directions_count():
    people = given(label("a", "z0", "scale+"), label("b", "z0", "scale-"), label("a", "z1", "scale+"), label("b", "z1", "scale+"))
    [ticks] = [one for one in scored(people, "sign_accuracy") if one.answers == "ticks"]
    assert (ticks.mean, ticks.low < 0.5 < ticks.high, ticks.units) == (0.5, True, 2)


def test_an_answer_where_another_saw_nothing_scores_as_on_an_inactive_unit():
    people = given(label("a", "z0", "scale+"), label("b", "z0"))
    [ticks] = [one for one in scored(people, "set_f1") if one.answers == "ticks"]
    assert (ticks.mean, ticks.scored, ticks.total) == (0.0, 1, 2)  # the other way round it is an abstention


def test_a_metric_of_cells_is_refused():
    with pytest.raises(ConfigError, match="label_kappa: values of whole cells"):
        scored(given(label("a", "z0")), "label_kappa")


def test_one_rater_alone_has_no_ceiling():
    assert [(one.mean, one.total) for one in scored(given(label("a", "z0", text="It grows.")), "rouge_l")] == [(None, 0)] * 2
