"""What an answer lets a reader predict of each factor (M4)."""

import pytest

from bench.metrics.counterfactual_f1 import CounterfactualF1
from bench.metrics.counterfactual_precision import CounterfactualPrecision
from bench.metrics.counterfactual_recall import CounterfactualRecall
from bench.metrics.counterfactual_sign import CounterfactualSign

ALL = (CounterfactualPrecision(), CounterfactualRecall(), CounterfactualF1(), CounterfactualSign())
PANEL = [  # text, truth, precision, recall, F1, sign
    ("It moves right.", {"position_x": 1}, 1, 1, 1, 1),
    ("It moves left.", {"position_x": 1}, 0, 0, 0, 0),
    ("It moves right and grows.", {"position_x": 1}, 1 / 2, 1, 2 / 3, 1),
    ("It moves right.", {"position_x": 1, "scale": 1}, 1, 1 / 2, 2 / 3, 1),
    ("It moves right and shrinks.", {"position_x": 1, "scale": 1}, 1 / 2, 1 / 2, 1 / 2, 1 / 2),
    ("Its size changes.", {"scale": 1}, None, 0, 0, None),  # "?" lowers recall only
    ("It moves right and its size changes.", {"position_x": 1, "scale": 1}, 1, 1 / 2, 2 / 3, 1),
    ("Its size changes.", {"position_x": 1}, 0, 0, 0, None),  # a change that does not happen is a wrong prediction
    ("The shape changes.", {"shape": None}, 1, 1, 1, None),
    ("Its size changes.", {"scale": None}, 1, 1, 1, None),
    ("It grows.", {"scale": None}, 1, 1, 1, None),
    ("It grows.", {}, 0, None, 0, None),
    ("Nothing changes.", {}, None, None, None, None),
    ("Nothing changes.", {"scale": 1}, None, 0, 0, None),
]


@pytest.mark.parametrize(("text", "truth", "precision", "recall", "f1", "sign"), PANEL)
def test_an_answer_has_the_values_derived_by_hand(judge, text, truth, precision, recall, f1, sign):
    found = [metric([judge(text, **truth)])[0] for metric in ALL]
    assert found == [value if value is None else pytest.approx(value) for value in (precision, recall, f1, sign)]


@pytest.mark.parametrize("metric", ALL)
def test_silence_failures_and_unknown_or_ambiguous_truths_are_undefined(metric, judge):
    cases = [
        judge(None, scale=1),
        judge("It grows.", failure="refused", scale=1),
        judge("It grows.", known=False),
        judge("It grows.", status="ambiguous", scale=1),
    ]
    assert metric(cases) == [None] * 4
    assert metric([]) == []


def test_f1_agrees_with_scikit_learn_where_every_change_has_a_direction(judge):
    from sklearn.metrics import f1_score, precision_score, recall_score

    factors = ("scale", "position_x", "position_y")
    clauses = {("scale", 1): "grows", ("scale", -1): "shrinks", ("position_x", 1): "moves right", ("position_x", -1): "moves left"}
    clauses |= {("position_y", 1): "moves down", ("position_y", -1): "moves up"}
    told = [{}, {"scale": 1}, {"scale": -1, "position_y": 1}, {"scale": 1, "position_x": -1, "position_y": 1}]
    labels = [(name, sign) for name in factors for sign in (1, -1)]
    for said in told[1:]:
        for true in told[1:]:
            case = judge("It " + " and ".join(clauses[item] for item in said.items()) + ".", **true)
            y_true, y_said = ([item in side.items() for item in labels] for side in (true, said))
            for metric, reference in zip(ALL, (precision_score, recall_score, f1_score), strict=False):
                assert metric([case])[0] == pytest.approx(reference(y_true, y_said, zero_division=0), abs=1e-12)


def test_naming_every_factor_by_chance_gets_the_floor(judge):
    """Half of the signs of five factors right: 2 * 0.5 / (5 + 1) on average for a unit with one."""
    texts = [f"It moves {way}, moves down, grows, rotates clockwise and changes shape." for way in ("right", "left")]
    found = [CounterfactualF1()([judge(text, position_x=1)])[0] for text in texts]
    assert sum(found) / 2 == pytest.approx(1 / 6)
