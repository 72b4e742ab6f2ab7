import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from bench.errors import DataError
from bench.truth.association import adjusted, binned, counted, entropies, explained, information, within_factors
from bench.truth.interaction import interactions, pairs

SIZES = (1, 3, 6, 5)
RNG = np.random.default_rng(0)
CLASSES = RNG.integers(0, SIZES, (2000, 4))
CODES = np.stack([CLASSES[:, 1] + RNG.standard_normal(2000), RNG.standard_normal(2000), np.full(2000, 0.1)], 1).astype(np.float32)


def beyond(codes, classes, sizes):
    return interactions(codes, classes, sizes, adjusted(codes, classes, sizes))


def naive_explained(code, column):
    between = sum((column == v).sum() * (code[column == v].mean() - code.mean()) ** 2 for v in np.unique(column))
    return between / np.square(code - code.mean()).sum()


def test_variance_explained_is_that_of_a_loop_over_classes() -> None:
    found = explained(CODES, CLASSES, SIZES)
    for j in range(2):
        for k in range(4):
            assert found[j, k] == pytest.approx(naive_explained(CODES[:, j].astype(float), CLASSES[:, k]), abs=1e-9)


def test_adjusted_variance_by_hand() -> None:
    codes = np.array([[0.0], [1.0], [2.0], [5.0]])
    classes = np.array([[0], [0], [1], [1]])
    # Means 0.5 and 3.5 of 2: between 4 × 1.5², total 4 + 1 + 0 + 9; then 1 - (1 - 9/14) 3/2.
    assert explained(codes, classes, (2,))[0, 0] == pytest.approx(9 / 14)
    assert adjusted(codes, classes, (2,))[0, 0] == pytest.approx(1 - 5 / 14 * 3 / 2)


def test_adjusted_variance_of_noise_is_zero_on_average() -> None:
    rng = np.random.default_rng(1)
    found = adjusted(rng.standard_normal((300, 400)), rng.integers(0, (40,), (300, 1)), (40,))
    assert abs(found.mean()) < 0.005
    assert explained(rng.standard_normal((300, 400)), rng.integers(0, (40,), (300, 1)), (40,)).mean() > 0.1


def test_information_is_that_of_scikit_learn() -> None:
    cut = binned(CODES, 20)
    found = counted(cut, CLASSES, SIZES, 20)
    expected = [[mutual_info_score(cut[:, j], CLASSES[:, k]) for k in range(4)] for j in range(3)]
    assert np.abs(found - expected).max() < 1e-9


def test_bins_have_equal_width_and_hold_both_ends() -> None:
    assert binned(np.array([[0.0], [0.24], [0.26], [0.99], [1.0]]), 4).ravel().tolist() == [0, 0, 1, 3, 3]


def test_the_null_takes_the_excess_of_noise_away() -> None:
    found = information(CODES, CLASSES, SIZES, 20, 50, 0)
    assert found.raw[1, 2] > 0.01
    assert found.corrected[1, 2] < 0.01
    assert found.raw[0, 1] > found.null[0, 1]
    assert found.corrected[0, 1] == pytest.approx(found.raw[0, 1], abs=0.02)


def test_noise_beats_its_null_once_in_a_hundred_times() -> None:
    rng = np.random.default_rng(2)
    found = information(rng.standard_normal((300, 300)), rng.integers(0, (8,), (300, 1)), (8,), 20, 100, 0)
    assert 0.001 < (found.raw > found.null).mean() < 0.03


def test_the_null_of_many_points_is_that_of_few_scaled() -> None:
    rng = np.random.default_rng(3)
    codes, classes = rng.standard_normal((40_000, 5)), rng.integers(0, (32,), (40_000, 1))
    found = information(codes, classes, (32,), 20, 20, 0)
    assert found.raw.mean() == pytest.approx(19 * 31 / 80_000, rel=0.15)
    assert found.corrected.max() < 0.002


def test_within_a_whole_grid_no_index_is_needed() -> None:
    classes = np.stack(np.unravel_index(np.arange(90), SIZES), axis=1)
    codes = np.random.default_rng(4).standard_normal((90, 3))
    within = within_factors(codes.reshape(*SIZES, 3))
    assert np.allclose(1 - within / codes.var(0)[:, None], explained(codes, classes, SIZES))


def test_a_constant_code_and_a_factor_with_one_class_have_zeros() -> None:
    found = information(CODES, CLASSES, SIZES, 20, 5, 0)
    for matrix in (explained(CODES, CLASSES, SIZES), adjusted(CODES, CLASSES, SIZES), found.raw, found.corrected):
        assert not matrix[2].any()
        assert not matrix[:, 0].any()


def test_entropies_by_hand() -> None:
    assert entropies(np.array([[0, 0], [1, 0]]), (2, 3)).tolist() == pytest.approx([np.log(2), 0])


def test_an_exclusive_or_is_all_interaction() -> None:
    classes = np.stack(np.unravel_index(np.arange(16), (2, 2, 4)), axis=1)
    codes = (classes[:, :1] ^ classes[:, 1:2]).astype(float)
    assert pairs((2, 2, 4)) == [(0, 1), (0, 2), (1, 2)]
    assert beyond(codes, classes, (2, 2, 4)).tolist() == [[1.0, 0.0, 0.0]]


def test_what_adds_up_does_not_interact() -> None:
    classes = np.stack(np.unravel_index(np.arange(24), (2, 3, 4)), axis=1)
    assert beyond(classes @ np.array([[1.0], [2.0], [0.5]]), classes, (2, 3, 4)).max() < 0.1
    assert beyond(np.ones((4, 2)), np.zeros((4, 1), np.int64), (1,)).shape == (2, 0)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_codes_that_are_not_finite_are_refused(wrong) -> None:
    codes = CODES.copy()
    codes[3, 1] = wrong
    for call in (lambda: adjusted(codes, CLASSES, SIZES), lambda: information(codes, CLASSES, SIZES, 20, 5, 0)):
        with pytest.raises(DataError, match=r"latents \[1\]"):
            call()


def test_no_codes_are_refused() -> None:
    with pytest.raises(DataError, match="got none"):
        adjusted(CODES[:0], CLASSES[:0], SIZES)


def test_a_class_that_a_factor_lacks_is_refused() -> None:
    with pytest.raises(DataError, match="expected classes 0 to 2, got 0 to 5"):
        adjusted(CODES, CLASSES[:, [2]], (3,))
