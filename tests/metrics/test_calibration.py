import numpy as np
import pytest

from bench.metrics.calibration import calibrated, isotonic, platt
from bench.metrics.certain import Certain
from bench.metrics.dev_split import is_dev
from tests.metrics.sure import answer, answers, drawn


@pytest.fixture
def dev():
    return Certain(*drawn(60, 3))


def test_isotonic_by_hand():
    dev = Certain(np.array([0.1, 0.2, 0.3, 0.4]), np.array([False, True, False, True]))
    assert isotonic(dev, np.array([0.0, 0.1, 0.2, 0.3, 0.4, 1.0])) == pytest.approx([0, 0, 0.5, 0.5, 1, 1])


def test_platt_agrees_with_scikit_learn(dev):
    from sklearn.calibration import _sigmoid_calibration
    from sklearn.linear_model import LogisticRegression

    certainties = np.linspace(0, 1, 7)
    a, b = _sigmoid_calibration(dev.certainty, dev.true)
    assert platt(dev, certainties) == pytest.approx(1 / (1 + np.exp(a * certainties + b)), abs=1e-5)
    plain = LogisticRegression(C=1e9, tol=1e-9).fit(dev.certainty[:, None], dev.true)
    assert platt(dev, certainties) == pytest.approx(plain.predict_proba(certainties[:, None])[:, 1], abs=0.03)


def test_platt_exists_where_a_threshold_parts_right_from_wrong():
    apart = Certain(np.array([0.1, 0.2, 0.8, 0.9]), np.array([False, False, True, True]))
    low, high = platt(apart, np.array([0.0, 1.0]))
    assert 0 < low < 0.2
    assert 0.8 < high < 1


def test_both_keep_the_order_of_certainties(dev):
    certainties = np.linspace(0, 1, 50)
    for fit in (isotonic, platt):
        assert (np.diff(fit(dev, certainties)) >= 0).all()


@pytest.mark.parametrize("how", ["isotonic", "platt"])
def test_the_outcomes_of_test_units_do_not_touch_their_certainty(how):
    certainties, right = drawn(60, 1)
    turned = [not r if not is_dev(answer(0.5, True, i)) else r for i, r in enumerate(right)]
    one, other = (calibrated(answers(certainties, outcome), how) for outcome in (right, turned))
    assert (one.certainty == other.certainty).all()
    assert (one.true != other.true).all()
    assert len(one.true) == sum(not is_dev(answer(0.5, True, i)) for i in range(60))


def test_without_a_fit_all_answers_stay_as_they_are():
    certainties, right = drawn(20, 1)
    found = calibrated(answers(certainties, right), "none")
    assert found.certainty == pytest.approx(certainties)
    assert found.true.tolist() == right.tolist()


@pytest.mark.parametrize("right", [[1] * 30, [0] * 30, [1, 0]])
def test_dev_units_of_one_kind_fit_nothing(right):
    assert calibrated(answers([0.5] * len(right), right), "isotonic") is None
