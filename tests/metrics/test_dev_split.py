from dataclasses import replace

from bench.metrics.dev_split import is_dev, split
from tests.metrics.sure import answer, answers, drawn


def test_about_half_of_the_units_are_dev_units():
    cases = answers(*drawn(400, 0))
    dev, test = split(cases)
    assert len(dev) + len(test) == 400
    assert 160 <= len(dev) <= 240


def test_no_unit_is_on_both_sides():
    dev, test = split(answers(*drawn(50, 0)))
    assert not {case.unit.name for case in dev} & {case.unit.name for case in test}


def test_names_answers_and_truths_do_not_matter():
    for anchor in range(20):
        case = answer(0.3, True, anchor)
        renamed = replace(case, traversals=replace(case.traversals, unit=replace(case.unit, name="other")))
        assert is_dev(case) == is_dev(renamed) == is_dev(answer(0.9, False, anchor)) == is_dev(replace(case, truth=None))


def test_other_reference_codes_deal_the_units_anew():
    sides = {is_dev(answer(0.5, True, anchor)) for anchor in range(20)}
    assert sides == {True, False}
