import numpy as np
import pytest
from pydantic import ValidationError

from bench.metrics.certainty_ece import CertaintyEce
from tests.metrics.sure import answers, drawn, silenced


def ece(bins=15, smallest_bin=1, calibration="none"):
    return CertaintyEce(bins=bins, smallest_bin=smallest_bin, calibration=calibration)


def score(certainties, right, **fields):
    return ece(**fields)(answers(certainties, right))[0]


def naive(certainties, right, bins):
    """Bins as lists, filled block by block."""
    n = len(certainties)
    filled = [[] for _ in range(bins)]
    passed = 0
    for level in sorted(set(certainties)):
        block = [(c, r) for c, r in zip(certainties, right, strict=True) if c == level]
        middle = passed + len(block) / 2
        filled[min(int(middle / n * bins + 1e-9), bins - 1)] += block
        passed += len(block)
    assert passed == n
    return sum(
        len(part) / n * abs(sum(r for _, r in part) / len(part) - sum(c for c, _ in part) / len(part)) for part in filled if part
    )


def test_sure_and_always_right_scores_zero():
    assert score([1.0] * 6, [1] * 6) == 0.0


def test_sure_and_always_wrong_scores_one():
    assert score([1.0] * 6, [0] * 6) == 1.0


def test_two_bins_by_hand():
    assert score([0.2, 0.4, 0.8, 1.0], [0, 1, 1, 1], bins=2) == pytest.approx(0.5 * abs(0.5 - 0.3) + 0.5 * abs(1 - 0.9))


def test_the_accuracy_as_the_certainty_of_all_scores_zero():
    assert score([0.5] * 8, [1, 0] * 4) == 0.0


def test_equal_certainties_stay_in_one_bin():
    right = [1, 1, 1, 0, 0, 0, 1, 1]
    assert score([0.5] * 6 + [0.9] * 2, right, bins=4) == pytest.approx(2 / 8 * 0.1)


@pytest.mark.parametrize("levels", [None, 3, 10])
@pytest.mark.parametrize("bins", [1, 4, 15])
def test_it_agrees_with_naive_bins(levels, bins):
    for seed in range(5):
        certainties, right = drawn(40, seed, levels)
        assert score(certainties, right, bins=bins) == pytest.approx(naive(certainties, right, bins), abs=1e-9)


def test_it_agrees_with_the_quantile_bins_of_scikit_learn():
    from sklearn.calibration import calibration_curve

    for seed in range(5):
        certainties, right = drawn(60, seed)
        shares, means = calibration_curve(right, certainties, n_bins=6, strategy="quantile")
        assert score(certainties, right, bins=6) == pytest.approx(float(np.mean(np.abs(shares - means))), abs=1e-9)


def test_a_small_cell_gets_fewer_bins():
    certainties, right = drawn(12, 0)
    assert score(certainties, right, smallest_bin=5) == pytest.approx(naive(certainties, right, 2))
    assert score(certainties[:3], right[:3], smallest_bin=5) == pytest.approx(naive(certainties[:3], right[:3], 1))


def test_nothing_to_judge_is_undefined():
    assert score([], []) is None
    assert ece()(silenced(answers([0.4], [1]))) == [None]


@pytest.mark.parametrize("how", ["isotonic", "platt"])
def test_fitting_mends_a_certainty_on_the_wrong_scale(how):
    rng = np.random.default_rng(0)
    chance = rng.random(400)
    right = rng.random(400) < chance
    assert score(0.6 + 0.1 * chance, right) > 0.2
    assert score(0.6 + 0.1 * chance, right, calibration=how, bins=8) < 0.12


def test_no_bins_are_refused():
    with pytest.raises(ValidationError):
        ece(bins=0)
