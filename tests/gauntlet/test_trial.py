"""Steps judged on a tiny world, by metrics whose behaviour is known."""

import numpy as np
import pytest

from bench.artifacts import Effect, Explanation, Row, Traversal, Truth, Unit, UnitTraversals
from bench.datasets.dsprites import DSprites
from bench.datasets.vocabulary import load_vocabulary
from bench.explainers.flipped import Flipped
from bench.explainers.generic import Generic
from bench.explainers.oracle import Oracle
from bench.explainers.oracle_minus import OracleMinus
from bench.explainers.oracle_plus import OraclePlus
from bench.explainers.shuffled import Shuffled
from bench.gauntlet.steps import STEPS
from bench.gauntlet.trial import trial
from bench.gauntlet.worlds import World, active, dealt
from bench.metrics.set_f1 import SetF1
from bench.metrics.sign_accuracy import SignAccuracy

WORDS = load_vocabulary("dsprites")
NAMES = ("scale", "position_x", "position_y", "orientation")
PAIRS = [(a, b) for a in NAMES for b in NAMES if a != b]
TRUTHS = tuple(Truth(f"z{i}", "two_factor", (Effect(a, 0.5, 1), Effect(b, 0.5, -1)), "exact") for i, (a, b) in enumerate(PAIRS))


class Idle:
    """A model that nobody asks."""

    latents, units = 1, ()

    def codes(self, anchors):
        raise AssertionError

    def render(self, anchors, codes):
        raise AssertionError


def strips(unit, level):
    codes = np.zeros((1, 3, 1), np.float32)
    images = np.full((1, 3, 1, 4, 4), level, np.uint8)
    made = [Traversal(Unit(unit, (0,)), i, codes[0, 0], codes, images, (Row((0,)),)) for i in (0, 1)]
    return UnitTraversals(Unit(unit, (0,)), (made[0],), (made[1],))


def world():
    controls = {
        "oracle": Oracle(),
        "oracle_minus": OracleMinus(),
        "oracle_plus": OraclePlus(),
        "flipped": Flipped(),
        "generic": Generic(),
        "shuffled": Shuffled(),
    }
    said = {name: tuple(control.from_truth(TRUTHS, WORDS, 0)) for name, control in controls.items()}
    units = tuple(strips(truth.unit, 9) for truth in TRUTHS)
    said["constant"] = tuple(Explanation(truth.unit, "It blinks.") for truth in TRUTHS)
    said["untrained"] = dealt([Explanation("a", "It blinks."), Explanation("b", None)], TRUTHS)
    return World("toy", Idle(), DSprites(), units, TRUTHS, said, tuple(strips(t.unit, 0) for t in TRUTHS))


class Toy:
    """Scores each case by `rule`."""

    version, scope, higher_is_better, bounds = 1, "unit", True, (-1e6, 1e6)

    def __init__(self, rule):
        self.rule = rule

    def __call__(self, cases):
        return [self.rule(case) for case in cases]


def outcomes(metric):
    return {name: result.outcome for name, result in trial(metric, [world()]).items()}


def test_every_step_has_a_result():
    assert list(outcomes(SetF1())) == [step.name for step in STEPS]


def test_a_metric_of_factors_tells_omissions_and_additions_but_no_directions():
    found = trial(SetF1(), [world()])
    assert found["removed"].found == {"won": 1.0, "pairs": 12.0}
    assert found["added"].found["won"] == 1.0
    assert found["flipped"].found["won"] == 0.0


def test_a_metric_of_directions_tells_directions_and_no_omissions():
    found = trial(SignAccuracy(), [world()])
    assert (found["flipped"].found["won"], found["removed"].found["won"]) == (1.0, 0.0)


def test_what_a_metric_claims_and_fails_is_a_failure_and_what_it_does_not_claim_is_blindness():
    class Silent(Toy):
        sees = frozenset({"omissions"})

    class Bold(Toy):
        sees = frozenset({"directions"})

    def factors(case):
        return SetF1()([case])[0]

    assert outcomes(Silent(factors))["removed"] == "passes"
    assert outcomes(Silent(factors))["flipped"] == "blind"
    assert outcomes(Bold(factors))["flipped"] == "fails"
    assert outcomes(Bold(factors))["removed"] == "unclaimed"


def test_a_metric_that_claims_nothing_about_itself_is_held_to_everything():
    assert set(outcomes(Toy(lambda case: 1.0)).values()) == {"passes", "fails"}


def test_a_metric_for_which_lower_is_better_passes_the_same_steps():
    class Error(Toy):
        higher_is_better = False
        sees = SetF1.sees

    better, error = trial(SetF1(), [world()]), trial(Error(lambda case: 1 - SetF1()([case])[0]), [world()])
    assert {n: r.outcome for n, r in better.items()} == {n: r.outcome for n, r in error.items()}


def test_a_metric_that_is_never_defined_is_neither_passed_nor_failed():
    assert set(outcomes(Toy(lambda case: None)).values()) == {"undefined"}


def test_a_metric_that_only_looks_at_the_words_gives_strange_strips_the_score_of_the_oracle():
    step = trial(SetF1(), [world()])["random direction at the floor"]
    assert step.outcome == "blind"  # it does not claim to see pictures
    assert step.found["random_direction"] == 1.0 > step.found["high"]


def test_a_metric_that_looks_at_the_strips_is_shown_strange_ones():
    seen = set()
    trial(Toy(lambda case: float(seen.add(int(case.traversals.shown[0].images.max())) or 0)), [world()])
    assert seen == {0, 9}


def test_a_control_without_an_answer_is_not_compared():
    one = world()
    silent = {**one.said, "flipped": (Explanation("z0", None), *one.said["flipped"][1:])}
    changed = World(one.name, one.model, one.dataset, one.units, one.truths, silent, one.astray)
    assert trial(SignAccuracy(), [changed])["flipped"].found["pairs"] == 11.0


def test_a_value_of_a_whole_cell_is_one_value_of_its_world():
    class Cell(Toy):
        scope = "cell"

        def __call__(self, cases):
            return [float(np.mean([SetF1()([case])[0] for case in cases]))]

    assert trial(Cell(None), [world(), world()])["removed"].found == {"won": 1.0, "pairs": 2.0}


def test_only_active_units_of_known_meaning_are_asked_about():
    dead, odd = Truth("d", "inactive", (), "exact"), Truth("o", "ambiguous", TRUTHS[0].effects, "exact")
    units = [strips(name, 0) for name in ("d", "z0", "o")]
    kept, truths, astray = active(units, [dead, odd, TRUTHS[0]], units)
    assert [unit.unit.name for unit in kept] == ["z0"]
    assert (truths, astray) == ((TRUTHS[0],), kept)


@pytest.mark.parametrize("answers", [[Explanation("a", None)], [Explanation("a", "It grows."), Explanation("b", None)]])
def test_answers_about_another_model_are_dealt_to_all_units(answers):
    said = dealt(answers, TRUTHS)
    assert [one.unit for one in said] == [truth.unit for truth in TRUTHS]
    assert {one.text for one in said} == {answers[0].text}
