from itertools import permutations

import numpy as np
import pytest

from bench.artifacts import Case, Effect, Explanation, Row, Traversal, Truth, Unit, UnitTraversals
from bench.datasets.vocabulary import load_vocabulary
from bench.errors import ConfigError
from bench.explainers.constant import Constant
from bench.explainers.oracle import Oracle
from bench.explainers.prompt_bias import PromptBias
from bench.explainers.shuffled import Shuffled, derangement
from bench.interfaces import Control, Explainer
from bench.metrics.exact_set import ExactSet
from bench.metrics.set_f1 import SetF1
from bench.metrics.sign_accuracy import SignAccuracy
from bench.metrics.statements import parse

WORDS = load_vocabulary("dsprites")
EVERYTHING = "The shape, the size, the orientation and the position of the object change."
NO_BIAS = PromptBias(name="none", formula=None, mapping={}, layout="", sentence="")


def truth(unit, *effects, status="clean"):
    return Truth(unit, status, tuple(Effect(factor, 1 / len(effects), sign) for factor, sign in effects), "exact")


TRUTHS = (
    truth("z0", ("position_x", 1)),
    truth("z1", ("position_y", -1)),
    truth("z2", ("scale", 1)),
    truth("z3", ("scale", -1), ("position_x", 1), status="two_factor"),
    truth("z4", ("orientation", None)),
    truth("z5", status="inactive"),
    truth("z6", status="inactive"),
)


def case(truth, text):
    unit = Unit(truth.unit, (0,))
    return Case(UnitTraversals(unit, (), ()), truth, Explanation(truth.unit, text), WORDS)


def mean(values):
    known = [value for value in values if value is not None]
    return sum(known) / len(known)


def chance(metric, texts):
    """The level of answers that know nothing of their unit: the mean over all pairs of the text of one unit and another unit."""
    pairs = [case(TRUTHS[j], texts[i]) for i, j in permutations(range(len(texts)), 2)]
    return mean(metric(pairs))


def test_the_oracle_scores_full_marks():
    said = Oracle().from_truth(TRUTHS, WORDS, 0)
    cases = [case(truth, answer.text) for truth, answer in zip(TRUTHS, said, strict=True)]
    for metric in (SetF1(), ExactSet(), SignAccuracy()):
        assert {value for value in metric(cases) if value is not None} == {1.0}


def test_the_oracle_abstains_on_inactive_units_and_on_no_others():
    said = Oracle().from_truth(TRUTHS, WORDS, 0)
    assert [answer.outcome == "abstained" for answer in said] == [truth.status == "inactive" for truth in TRUTHS]


def test_the_oracle_is_certain():
    assert {answer.certainty for answer in Oracle().from_truth(TRUTHS, WORDS, 0)} == {1.0}


def test_answers_carry_the_names_of_their_units():
    for control in (Oracle(), Shuffled()):
        assert [answer.unit for answer in control.from_truth(TRUTHS, WORDS, 3)] == [truth.unit for truth in TRUTHS]


def test_controls_are_controls_and_the_constant_one_is_an_explainer():
    assert isinstance(Oracle(), Control)
    assert isinstance(Shuffled(), Control)
    assert isinstance(Constant(text=EVERYTHING), Explainer)
    assert not isinstance(Constant(text=EVERYTHING), Control)


@pytest.mark.parametrize("n", range(2, 9))
def test_a_derangement_leaves_nothing_in_place(n):
    for seed in range(50):
        order = derangement(n, seed)
        assert sorted(order) == list(range(n))
        assert not (order == np.arange(n)).any()


@pytest.mark.parametrize("n", [0, 1])
def test_one_unit_keeps_its_place(n):
    assert derangement(n, 0).tolist() == list(range(n))


def test_every_derangement_is_equally_likely():
    from scipy.stats import chisquare

    drawn = [tuple(derangement(4, seed)) for seed in range(3000)]
    counts = [drawn.count(order) for order in permutations(range(4)) if all(i != j for i, j in enumerate(order))]
    assert len(counts) == 9
    assert sum(counts) == 3000
    assert chisquare(counts).pvalue > 0.001


def test_shuffled_deals_all_answers_of_the_oracle():
    own = Oracle().from_truth(TRUTHS, WORDS, 0)
    dealt = Shuffled().from_truth(TRUTHS, WORDS, 0)
    assert sorted(str(answer.text) for answer in dealt) == sorted(str(answer.text) for answer in own)


def test_the_seed_decides_the_deal():
    deals = [[answer.text for answer in Shuffled().from_truth(TRUTHS, WORDS, seed)] for seed in (0, 0, 1)]
    assert deals[0] == deals[1] != deals[2]


def test_shuffled_answers_score_at_chance():
    texts = [answer.text for answer in Oracle().from_truth(TRUTHS, WORDS, 0)]
    scored = []
    for seed in range(400):
        dealt = Shuffled().from_truth(TRUTHS, WORDS, seed)
        scored.append([case(truth, answer.text) for truth, answer in zip(TRUTHS, dealt, strict=True)])
    values = np.array([value for cases in scored for value in SetF1()(cases) if value is not None])
    expected = chance(SetF1(), texts)
    assert abs(values.mean() - expected) < 4 * values.std() / np.sqrt(len(values))
    assert 0.05 < expected < 0.5


def test_the_constant_answer_scores_at_its_own_chance_level():
    cases = [case(truth, EVERYTHING) for truth in TRUTHS]
    assert mean(SetF1()(cases)) == pytest.approx(chance(SetF1(), [EVERYTHING] * len(TRUTHS)))
    # Five factors named: 2/6 for each of four units with one factor, 4/7 for the one with two, 0 for two inactive ones.
    assert mean(SetF1()(cases)) == pytest.approx((4 * 2 / 6 + 4 / 7) / 7)


def test_the_constant_answer_names_all_that_can_change():
    assert parse(EVERYTHING, WORDS).keys() == {words.factor for words in WORDS.factors} - {"color"}


def test_the_constant_explainer_never_looks():
    shape = (1, 2, 1, 4, 4)
    codes = np.zeros((1, 2, 1), np.float32)
    dark, light = (
        Traversal(Unit("z9", (0,)), 0, codes[0, 0], codes, np.full(shape, shade, np.uint8), (Row((0,)),)) for shade in (0, 255)
    )
    answers = [Constant(text="Hello.")([seen], NO_BIAS, seed) for seed, seen in enumerate((dark, light))]
    assert [(answer.unit, answer.text, answer.certainty) for answer in answers] == [("z9", "Hello.", None)] * 2


def test_a_constant_answer_has_words():
    with pytest.raises(ConfigError, match="expected a sentence, got ' '"):
        Constant(text=" ")
