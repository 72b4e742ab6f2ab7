import numpy as np
import pytest
from scipy.stats import entropy

from bench.disentanglement.dci import BACKENDS, completeness, dci, disentanglement
from tests.disentanglement.planes import CLASSES, CONSTANT, DEAD, DUPLICATED, IDENTITY, ONE_FACTOR, SIZES, noisy, rotated


def known(codes, classes=CLASSES, sizes=SIZES):
    return dci(codes, classes, sizes, 0, "adjusted_variance", 0)


@pytest.mark.parametrize(
    ("codes", "expected", "complete"),
    [
        (IDENTITY, 1.0, 1.0),
        (DUPLICATED, 1.0, 1 - np.log(2) / np.log(6)),
        (DEAD, 1.0, 1.0),
        (CONSTANT, 0.0, 0.0),
        (rotated(45.0), (2 * (1 - np.log(2) / np.log(3)) + 1) / 3, (2 * (1 - np.log(2) / np.log(3)) + 1) / 3),
    ],
)
def test_known_codes(codes, expected, complete) -> None:
    found = known(codes)
    assert found.disentanglement == pytest.approx(expected, abs=0.02)
    assert found.completeness == pytest.approx(complete, abs=0.02)


def test_a_turn_has_the_entropy_of_squared_cosine_and_sine() -> None:
    c = np.cos(0.6) ** 2
    expected = (2 * (1 - entropy([c, 1 - c], base=3)) + 1) / 3
    assert known(rotated(np.degrees(0.6))).disentanglement == pytest.approx(expected, abs=0.03)


def test_the_codes_of_the_published_comparison_get_their_true_score() -> None:
    rng = np.random.default_rng(0)
    sizes = (3, 6, 40, 32, 32)
    classes = rng.integers(0, sizes, (10_000, 5))
    ones = (classes - classes.mean(0)) / classes.std(0)
    turn = np.array([[np.cos(0.6), -np.sin(0.6)], [np.sin(0.6), np.cos(0.6)]])
    codes = np.concatenate([ones[:, :3], ones[:, 3:] @ turn.T, 0.01 * rng.standard_normal((10_000, 5))], 1)
    assert known(codes, classes, sizes).disentanglement == pytest.approx(0.844, abs=0.01)


def test_the_back_end_is_named_and_has_no_informativeness_unless_it_predicts() -> None:
    found = known(IDENTITY)
    assert (found.backend, found.informativeness) == ("adjusted_variance", None)


@pytest.mark.parametrize("backend", [backend for backend in BACKENDS if backend != "adjusted_variance"])
def test_trained_back_ends_know_the_clean_codes(backend) -> None:
    rows = np.random.default_rng(0).permutation(np.tile(np.arange(64), 6))
    found = dci(IDENTITY[rows], CLASSES[rows], SIZES, 256, backend, 0)
    assert found.backend == backend
    assert found.disentanglement == pytest.approx(1.0, abs=0.01)
    assert found.informativeness == pytest.approx(1.0, abs=0.01)
    assert found.importance.argmax(1).tolist() == [0, 1, 2]


@pytest.mark.parametrize("backend", ["adjusted_variance", "forest_regressor"])
def test_without_a_factor_that_varies_it_is_undefined(backend) -> None:
    found = dci(IDENTITY, ONE_FACTOR, SIZES, 32, backend, 0)
    assert (found.disentanglement, found.completeness, found.informativeness) == (None, None, None)


def test_one_factor_cannot_be_mixed_and_one_latent_cannot_share() -> None:
    assert known(IDENTITY, CLASSES[:, :1], SIZES[:1]).disentanglement is None
    assert known(IDENTITY[:, :1]).completeness is None


def test_scores_of_importances_are_those_of_a_loop() -> None:
    codes, classes, sizes = noisy(1000)
    importance = known(codes, classes, sizes).importance
    for table, found in ((importance, disentanglement(importance)), (importance.T, completeness(importance))):
        expected = sum((1 - entropy(row, base=len(row))) * row.sum() / table.sum() for row in table if row.sum() > 0)
        assert found == pytest.approx(expected, abs=1e-9)
