import pytest

from bench.metrics.certainty_auroc import CertaintyAuroc
from tests.metrics.sure import answer, answers, drawn, silenced

auroc = CertaintyAuroc(event="correct")


def score(certainties, right):
    return auroc(answers(certainties, right))[0]


def test_right_answers_that_are_all_surer_score_one():
    assert score([0.9, 0.8, 0.3], [1, 1, 0]) == 1.0


def test_wrong_answers_that_are_all_surer_score_zero():
    assert score([0.9, 0.8, 0.3], [0, 0, 1]) == 0.0


def test_by_hand_with_a_tie():
    assert score([0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0]) == pytest.approx(3.5 / 4)


def test_one_certainty_for_all_is_chance():
    assert score([0.7] * 5, [1, 0, 1, 0, 0]) == 0.5


@pytest.mark.parametrize("levels", [None, 4])
def test_it_agrees_with_scikit_learn(levels):
    from sklearn.metrics import roc_auc_score

    for seed in range(10):
        certainties, right = drawn(30, seed, levels)
        assert score(certainties, right) == pytest.approx(roc_auc_score(right, certainties), abs=1e-9)


@pytest.mark.parametrize("right", [[1, 1], [0, 0], []])
def test_one_class_only_is_undefined(right):
    assert score([0.4] * len(right), right) is None


def test_what_cannot_be_judged_is_left_out():
    judged = answers([0.9, 0.2, 0.6], [1, 0, 0])
    assert auroc(judged + silenced(judged)) == auroc(judged)
    assert auroc(silenced(judged)) == [None]


def test_an_answer_on_an_inactive_unit_is_wrong_whatever_it_says():
    assert auroc([answer(0.2, True, 0), answer(0.9, True, 1, active=False)]) == [0.0]


def test_the_event_active_asks_for_the_unit_and_not_for_the_answer():
    cases = [answer(0.9, False, 0), answer(0.8, True, 1), answer(0.1, False, 2, active=False)]
    assert CertaintyAuroc(event="active")(cases) == [1.0]
    assert auroc(cases) == [0.5]
