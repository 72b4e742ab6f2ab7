import pytest

from bench.metrics.answers_kept import AnswersKept
from bench.metrics.coverage_at_risk import CoverageAtRisk
from bench.metrics.dev_split import is_dev
from tests.metrics.sure import answers, drawn, silenced


def count(cases, risk=0.1, chosen_on="dev"):
    return AnswersKept(risk=risk, chosen_on=chosen_on)(cases)[0]


def test_all_right_keeps_every_test_unit_and_all_wrong_keeps_none():
    cases = answers([0.9] * 40, [1] * 40)
    assert count(cases) == sum(not is_dev(case) for case in cases)
    assert count(answers([0.9] * 40, [0] * 40)) == 0.0


def test_by_hand():
    cases = answers([0.9 if i % 2 else 0.1 for i in range(40)], [i % 2 for i in range(40)])
    assert count(cases) == sum(not is_dev(case) for case in cases[1::2])


@pytest.mark.parametrize("chosen_on", ["dev", "conformal"])
def test_it_is_the_coverage_times_the_answers_of_test_units(chosen_on):
    cases = answers(*drawn(90, 1))
    test = sum(not is_dev(case) for case in cases)
    kept = count(cases, 0.4, chosen_on)
    assert kept > 0
    assert CoverageAtRisk(risk=0.4, chosen_on=chosen_on)(cases)[0] == pytest.approx(kept / test)


def test_the_two_rules_count_differently():
    cases = answers(*drawn(90, 1))
    assert count(cases, 0.4, "dev") != count(cases, 0.4, "conformal")


def test_nothing_to_count_is_undefined():
    assert count([]) is None
    assert count(silenced(answers([0.4], [1])), chosen_on="conformal") is None
