import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from bench.disentanglement.modularity import modularity
from tests.disentanglement.planes import CLASSES, CONSTANT, DEAD, DUPLICATED, IDENTITY, ONE_FACTOR, SIZES, noisy, rotated


def found(codes, classes=CLASSES, sizes=SIZES):
    return modularity(codes, classes, sizes, 20)


@pytest.mark.parametrize("codes", [IDENTITY, DUPLICATED])
def test_codes_of_one_factor_each_are_modular(codes) -> None:
    assert found(codes) == pytest.approx(1.0)


@pytest.mark.parametrize(("codes", "expected"), [(DEAD, 3 / 5), (CONSTANT, 0.0)])
def test_codes_that_know_nothing_count_zero(codes, expected) -> None:
    assert found(codes) == pytest.approx(expected)


def test_two_codes_turned_by_45_degrees_are_half_modular() -> None:
    # Each knows as much of a second of three factors: 1 - 1/2 for both of them, 1 for the third code.
    assert found(rotated(45.0)) == pytest.approx((0.5 + 0.5 + 1) / 3, abs=0.02)


def test_fewer_than_two_factors_leave_it_undefined() -> None:
    assert found(IDENTITY, ONE_FACTOR) is None
    assert found(IDENTITY, CLASSES[:, :2], SIZES[:2]) is None


def test_it_is_that_of_a_loop_over_scikit_learns_information() -> None:
    codes, classes, sizes = noisy(2000)
    cut = np.stack([np.digitize(c, np.histogram(c, 20)[1][:-1]) for c in codes.T], axis=1)
    parts = []
    for j in range(codes.shape[1]):
        known = np.array([mutual_info_score(cut[:, j], classes[:, k]) for k in range(3)]) ** 2
        parts.append(1 - (known.sum() - known.max()) / (known.max() * 2))
    assert found(codes, classes, sizes) == pytest.approx(np.mean(parts), abs=1e-9)
