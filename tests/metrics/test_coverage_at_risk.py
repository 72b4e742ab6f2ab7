import pytest
from pydantic import ValidationError

from bench.metrics.coverage_at_risk import CoverageAtRisk
from bench.metrics.dev_split import is_dev
from bench.metrics.selection import selection
from tests.metrics.sure import answer, answers, drawn, silenced


def score(certainties, right, risk=0.1, chosen_on="all"):
    return CoverageAtRisk(risk=risk, chosen_on=chosen_on)(answers(certainties, right))[0]


def naive(certainties, right, risk):
    best = 0.0
    for level in certainties:
        kept = [r for c, r in zip(certainties, right, strict=True) if c >= level]
        if (len(kept) - sum(kept)) / len(kept) <= risk:
            best = max(best, len(kept) / len(certainties))
    return best


def test_all_right_keeps_all_and_all_wrong_keeps_nothing():
    assert score([0.2, 0.9], [1, 1]) == 1.0
    assert score([0.2, 0.9], [0, 0]) == 0.0


def test_by_hand():
    assert score([0.9, 0.8, 0.7, 0.6], [1, 1, 0, 0]) == 0.5
    assert score([0.9, 0.8, 0.7, 0.6], [1, 1, 0, 0], risk=0.34) == 0.75


def test_a_wrong_answer_on_top_can_be_outweighed_later():
    assert score([0.9] + [0.5] * 9, [0] + [1] * 9) == 1.0


def test_equal_certainties_are_kept_together():
    assert score([0.9, 0.9, 0.1], [1, 0, 1]) == 0.0


@pytest.mark.parametrize("levels", [None, 5])
@pytest.mark.parametrize("risk", [0.0, 0.1, 0.3])
def test_it_agrees_with_a_naive_loop(levels, risk):
    for seed in range(5):
        certainties, right = drawn(25, seed, levels)
        assert score(certainties, right, risk) == pytest.approx(naive(certainties, right, risk), abs=1e-9)


def test_a_threshold_chosen_on_dev_units_never_looks_at_test_outcomes():
    certainties, right = drawn(60, 1)
    told = [not r if not is_dev(answer(0.5, True, i)) else r for i, r in enumerate(right)]
    assert score(certainties, right, 0.3, "dev") == score(certainties, told, 0.3, "dev")
    assert score(certainties, right, 0.3, "all") != score(certainties, told, 0.3, "all")


def test_a_threshold_chosen_on_dev_units_counts_test_units_only():
    cases = answers(*drawn(60, 1))
    dev = [case for case in cases if is_dev(case)]
    test = [case for case in cases if not is_dev(case)]
    lowest = min(
        level
        for level in (case.explanation.certainty for case in dev)
        if naive_risk([case for case in dev if case.explanation.certainty >= level]) <= 0.3
    )
    kept = sum(case.explanation.certainty >= lowest for case in test)
    assert CoverageAtRisk(risk=0.3, chosen_on="dev")(cases)[0] == pytest.approx(kept / len(test))


def test_a_conformal_threshold_keeps_the_share_of_test_units_that_are_sure():
    certainties, right = drawn(90, 1)
    chosen = selection(answers(certainties, right), 0.4, "conformal")
    assert 0 < chosen.kept.sum() < len(chosen.kept)
    assert score(certainties, right, 0.4, "conformal") == chosen.kept.sum() / len(chosen.kept)


def naive_risk(cases):
    return sum(case.explanation.text != "It grows." for case in cases) / len(cases)


def test_nothing_to_judge_is_undefined():
    assert score([], []) is None
    assert CoverageAtRisk(risk=0.1, chosen_on="dev")(silenced(answers([0.4], [1]))) == [None]


def test_a_risk_beyond_one_is_refused():
    with pytest.raises(ValidationError):
        CoverageAtRisk(risk=1.5, chosen_on="all")
