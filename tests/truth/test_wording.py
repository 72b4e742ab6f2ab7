from itertools import combinations, permutations, product

import pytest

from bench.artifacts import Effect, Truth
from bench.datasets.vocabulary import load_vocabulary
from bench.errors import DataError
from bench.metrics.statements import parse
from bench.truth.wording import sentences

WORDS = load_vocabulary("dsprites")
SIGNED = ("scale", "orientation", "position_x", "position_y")
SINGLES = [(("shape", None),), (("color", None),), *(((factor, sign),) for factor in SIGNED for sign in (1, -1, None))]
PAIRS = [a + b for a, b in combinations(SINGLES, 2) if a[0][0] != b[0][0]]
TRIPLES = [tuple(zip(SIGNED[:3], signs, strict=True)) for signs in product((1, -1, None), repeat=3)]
EVERYTHING = [(("shape", None), *zip(SIGNED, signs, strict=True)) for signs in product((1, -1, None), repeat=4)]


def truth(*effects, status="clean", condition=None):
    named = tuple(Effect(factor, 1 / len(effects), sign) for factor, sign in effects)
    return Truth("z0", status, named, "exact", condition=condition)


@pytest.mark.parametrize("effects", [*SINGLES, *PAIRS, *TRIPLES, *EVERYTHING])
def test_every_sentence_claims_exactly_the_truth(effects):
    said = sentences(truth(*effects), WORDS)
    assert said
    assert {text: parse(text, WORDS) for text in said} == {text: dict(effects) for text in said}


@pytest.mark.parametrize("effects", [*SINGLES, *PAIRS[::4]])
@pytest.mark.parametrize("condition", ["the shape is a heart", "the size is small", "the square moves right"])
def test_a_condition_is_no_claim(effects, condition):
    said = sentences(truth(*effects, condition=condition), WORDS)
    assert {text: parse(text, WORDS) for text in said} == {text: dict(effects) for text in said}


@pytest.mark.parametrize("effects", [*PAIRS, *TRIPLES[::5]], ids=str)
def test_the_order_of_the_factors_does_not_matter(effects):
    for order in permutations(effects):
        assert all(parse(text, WORDS) == dict(effects) for text in sentences(truth(*order), WORDS))


def test_there_are_several_sentences_and_none_twice():
    for effects in SINGLES:
        said = sentences(truth(*effects), WORDS)
        assert len(said) == len(set(said)) >= 2


def test_sentences_are_the_same_each_time():
    assert sentences(truth(*EVERYTHING[0]), WORDS) == sentences(truth(*EVERYTHING[0]), WORDS)


def test_an_inactive_unit_has_no_sentence():
    assert sentences(truth(status="inactive"), WORDS) == ()


def test_the_first_sentence_is_the_plain_one():
    assert sentences(truth(("scale", 1), ("position_x", -1)), WORDS)[0] == "The object grows larger and moves to the left."


def test_a_condition_comes_first():
    said = sentences(truth(("scale", -1), condition="the shape is a heart"), WORDS)
    assert said[0] == "When the shape is a heart, the object gets smaller."


def test_a_factor_without_a_direction_is_told_without_one():
    assert sentences(truth(("shape", 1)), WORDS) == sentences(truth(("shape", None)), WORDS)


def test_a_factor_without_words_is_an_error():
    with pytest.raises(DataError, match="'wall_hue', the vocabulary has color, shape"):
        sentences(truth(("wall_hue", None)), WORDS)
