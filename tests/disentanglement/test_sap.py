import numpy as np
import pytest
from scipy.stats import pearsonr
from sklearn.svm import LinearSVC

from bench.disentanglement.sap import separated_attribute_predictability as sap
from tests.disentanglement.planes import CLASSES, CONSTANT, DEAD, DUPLICATED, IDENTITY, ONE_FACTOR, noisy, rotated

ROWS = np.random.default_rng(0).permutation(np.tile(np.arange(64), 8))  # the grid eight times, out of order


def correlations(codes, classes=CLASSES):
    return sap(codes, classes, 0, "correlation")


def accuracies(codes, classes=CLASSES):
    return sap(codes[ROWS], classes[ROWS], 384, "linear_svc")


@pytest.mark.parametrize(
    ("codes", "expected"), [(IDENTITY, 1.0), (DUPLICATED, 0.0), (DEAD, 1.0), (CONSTANT, 0.0), (rotated(45.0), 1 / 3)]
)
def test_correlations_of_known_codes(codes, expected) -> None:
    assert correlations(codes) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("degrees", [10.0, 30.0])
def test_a_turn_leaves_the_difference_of_squares(degrees) -> None:
    a = np.radians(degrees)
    assert correlations(rotated(degrees)) == pytest.approx((2 * (np.cos(a) ** 2 - np.sin(a) ** 2) + 1) / 3)


def test_accuracies_of_known_codes() -> None:
    # Three lines through one code part four classes at the ends only: two or three classes of four are told, chance is one.
    assert accuracies(IDENTITY) > 0.2
    assert accuracies(DUPLICATED) == pytest.approx(0.0)
    assert accuracies(CONSTANT) == pytest.approx(0.0)
    assert accuracies(DEAD) == pytest.approx(accuracies(IDENTITY), abs=0.1)
    assert accuracies(rotated(45.0)) < accuracies(IDENTITY)


def test_two_classes_are_told_without_fault() -> None:
    classes = np.arange(40)[:, None] % 2
    assert sap(np.concatenate([classes - 0.5, np.zeros((40, 1))], 1) * 9, classes, 20, "linear_svc") == pytest.approx(0.5)


@pytest.mark.parametrize("backend", ["correlation", "linear_svc"])
def test_without_a_factor_that_varies_it_is_undefined(backend) -> None:
    assert sap(IDENTITY, ONE_FACTOR, 32, backend) is None


def test_a_class_that_training_lacks_is_no_crash() -> None:
    classes = (np.arange(40) >= 30).astype(int)[:, None]
    assert sap(np.arange(40.0)[:, None], classes, 20, "linear_svc") is None


def test_correlations_are_those_of_scipy() -> None:
    codes, classes, _ = noisy(500)
    squares = np.array([[pearsonr(c, classes[:, k])[0] ** 2 for k in range(3)] for c in codes.T])
    ordered = np.sort(squares, axis=0)
    assert correlations(codes, classes) == pytest.approx((ordered[-1] - ordered[-2]).mean(), abs=1e-9)


def test_accuracies_are_those_of_a_loop() -> None:
    codes, classes, _ = noisy(600)
    gaps = []
    for k in range(3):
        told = []
        for j in range(codes.shape[1]):
            machine = LinearSVC(C=0.01, class_weight="balanced", random_state=0).fit(codes[:400, [j]], classes[:400, k])
            told.append(np.mean(machine.predict(codes[400:, [j]]) == classes[400:, k]))
        gaps.append(sorted(told)[-1] - sorted(told)[-2])
    assert sap(codes, classes, 400, "linear_svc") == pytest.approx(np.mean(gaps), abs=1e-9)
