import pytest

from bench.metrics.collision_rate import CollisionRate
from tests.judges.cells import case, honest

WORDS, CLAIMS = CollisionRate(by="words"), CollisionRate(by="claims")


def test_different_answers_do_not_collide():
    assert WORDS(honest()) == CLAIMS(honest()) == [0.0] * 5


def test_one_answer_for_all_collides_everywhere():
    assert WORDS([case(f"z{k}", "It grows.", **{name: 1}) for k, name in enumerate(("scale", "position_x"))]) == [1.0, 1.0]


def test_case_and_punctuation_make_no_difference():
    assert WORDS([case("z0", "It GROWS!", scale=1), case("z1", "it grows", position_x=1)]) == [1.0, 1.0]


def test_a_paraphrase_collides_in_its_claims_and_not_in_its_words():
    cases = [case("z0", "The object grows.", scale=1), case("z1", "It gets larger.", position_x=1)]
    assert WORDS(cases) == [0.0, 0.0]
    assert CLAIMS(cases) == [1.0, 1.0]


def test_units_of_one_meaning_may_share_an_answer():
    assert WORDS([case("z0", "It grows.", scale=1), case("z1", "It grows.", scale=1)]) == [0.0, 0.0]


def test_inactive_units_may_not_share_an_answer():
    assert WORDS([case("z0", "It grows."), case("z1", "It grows.")]) == [1.0, 1.0]


@pytest.mark.parametrize("metric", [WORDS, CLAIMS])
def test_silence_failures_and_an_answer_alone_are_undefined(metric):
    silent = [case("z1", None), case("z2", None, failure="refused")]
    assert metric([case("z0", "It grows.", scale=1), *silent]) == [None] * 3
    assert metric([]) == []


def test_it_agrees_with_counting():
    texts = ["a", "b", "a", "c", "c", "c", "d"]
    cases = [case(f"z{k}", text, known=False, held_out=0) for k, text in enumerate(texts)]
    assert WORDS(cases) == [float(texts.count(text) > 1) for text in texts]
