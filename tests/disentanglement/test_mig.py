import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from bench.disentanglement.mig import mutual_information_gap
from bench.errors import DataError
from tests.disentanglement.planes import CLASSES, CONSTANT, DEAD, DUPLICATED, IDENTITY, ONE_FACTOR, ONES, SIZES, noisy, rotated


def gap(codes, classes=CLASSES, sizes=SIZES):
    return mutual_information_gap(codes, classes, sizes, 20)


def test_one_code_a_factor_has_the_whole_gap() -> None:
    assert gap(IDENTITY) == pytest.approx(1.0)


def test_duplicates_leave_no_gap() -> None:
    assert gap(DUPLICATED) == pytest.approx(0.0)


def test_dead_codes_change_nothing() -> None:
    assert gap(DEAD) == pytest.approx(1.0)


def test_constant_codes_have_no_gap() -> None:
    assert gap(CONSTANT) == 0.0


def test_two_codes_turned_by_45_degrees_share_their_factors() -> None:
    # Turned codes know as much of either factor as each other, the third code keeps its whole factor.
    assert gap(rotated(45.0)) == pytest.approx(1 / 3, abs=0.02)


def test_a_turn_lowers_the_gap() -> None:
    found = [gap(rotated(degrees)) for degrees in (0.0, 30.0, 45.0)]
    assert found[0] > found[1] > found[2] - 1e-9


def test_half_the_information_of_a_second_code_is_half_the_gap() -> None:
    halves = (CLASSES[:, :1] >= 2).astype(float)  # one bit of two
    assert gap(np.concatenate([ONES[:, :1], halves], 1), CLASSES[:, :1], (4,)) == pytest.approx(0.5)


def test_without_a_factor_that_varies_it_is_undefined() -> None:
    assert gap(IDENTITY, ONE_FACTOR) is None


def test_it_is_the_gap_of_scikit_learns_information() -> None:
    codes, classes, sizes = noisy(2000)
    cut = np.stack([np.digitize(c, np.histogram(c, 20)[1][:-1]) for c in codes.T], axis=1)
    gaps = []
    for k in range(3):
        known = sorted((mutual_info_score(cut[:, j], classes[:, k]) for j in range(codes.shape[1])), reverse=True)
        gaps.append((known[0] - known[1]) / mutual_info_score(classes[:, k], classes[:, k]))
    assert gap(codes, classes, sizes) == pytest.approx(np.mean(gaps), abs=1e-9)


def test_codes_that_are_not_finite_are_refused() -> None:
    with pytest.raises(DataError, match="NaN"):
        gap(np.full((64, 2), np.nan))
