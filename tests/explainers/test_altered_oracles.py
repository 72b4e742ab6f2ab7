import pytest

from bench.artifacts import Effect, Truth
from bench.datasets.vocabulary import load_vocabulary
from bench.explainers.flipped import Flipped
from bench.explainers.generic import Generic
from bench.explainers.oracle import Oracle
from bench.explainers.oracle_minus import OracleMinus
from bench.explainers.oracle_plus import OraclePlus
from bench.interfaces import Control
from bench.metrics.statements import parse

WORDS = load_vocabulary("dsprites")


def truth(unit, *effects, status="two_factor"):
    return Truth(unit, status, tuple(Effect(factor, 0.3, sign) for factor, sign in effects), "exact")


TRUTHS = (
    truth("z0", ("scale", 1), ("position_x", -1)),
    truth("z1", ("scale", -1), ("position_y", 1), ("shape", None)),
    truth("z2", ("orientation", 1), status="clean"),
    truth("z3", ("shape", None), status="clean"),
    truth("z4", status="inactive"),
)


def said(control, seed=0):
    return [None if e.text is None else dict(parse(e.text, WORDS)) for e in control.from_truth(TRUTHS, WORDS, seed)]


@pytest.mark.parametrize("control", [OracleMinus(), OraclePlus(), Flipped(), Generic()])
def test_it_is_a_control_that_answers_every_unit_or_abstains(control):
    assert isinstance(control, Control)
    found = control.from_truth(TRUTHS, WORDS, 0)
    assert [one.unit for one in found] == [one.unit for one in TRUTHS]
    assert found[-1].outcome == "abstained"


@pytest.mark.parametrize("seed", range(5))
def test_one_true_factor_is_left_out_where_there_are_two(seed):
    true, found = said(Oracle()), said(OracleMinus(), seed)
    for whole, part in zip(true[:2], found[:2], strict=True):
        assert part.items() < whole.items()
        assert len(part) == len(whole) - 1
    assert found[2:] == [None, None, None]


def test_any_factor_can_be_the_one_left_out():
    assert {*(frozenset(said(OracleMinus(), seed)[0]) for seed in range(20))} == {frozenset({"scale"}), frozenset({"position_x"})}


@pytest.mark.parametrize("seed", range(5))
def test_one_false_factor_is_made_up(seed):
    true, found = said(Oracle()), said(OraclePlus(), seed)
    for whole, more in zip(true[:4], found[:4], strict=True):
        assert whole.items() < more.items()
        assert len(more) == len(whole) + 1


def test_a_unit_that_changes_everything_has_no_false_factor():
    everything = truth("z0", *((words.factor, None) for words in WORDS.factors))
    assert OraclePlus().from_truth([everything], WORDS, 0)[0].text is None


def test_every_direction_is_turned():
    found = said(Flipped())
    assert found[:3] == [{"scale": -1, "position_x": 1}, {"scale": 1, "position_y": -1, "shape": None}, {"orientation": -1}]
    assert found[3:] == [None, None]


def test_the_generic_answer_names_no_factor():
    assert said(Generic()) == [{}, {}, {}, {}, None]
