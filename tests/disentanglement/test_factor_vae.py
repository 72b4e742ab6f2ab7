import numpy as np
import pytest

from bench.disentanglement.draws import sharing
from bench.disentanglement.factor_vae import factor_vae_score, votes
from bench.errors import DataError
from tests.disentanglement.planes import CLASSES, CONSTANT, DEAD, DUPLICATED, IDENTITY, ONE_FACTOR, noisy, rotated


def score(codes, classes=CLASSES, prune=0.05, seed=0):
    return factor_vae_score(codes, classes, 900, 600, 16, prune, seed)


@pytest.mark.parametrize("codes", [IDENTITY, DUPLICATED, DEAD])
def test_a_code_of_its_own_for_each_factor_is_perfect(codes) -> None:
    assert score(codes) == 1.0


def test_constant_codes_tell_nothing() -> None:
    assert score(CONSTANT) == 0.0


def test_two_codes_turned_by_45_degrees_confuse_their_factors() -> None:
    # One factor of three is told without fault, the other two by a guess.
    assert score(rotated(45.0)) == pytest.approx(2 / 3, abs=0.12)


def test_noise_has_the_chance_of_a_guess() -> None:
    assert score(np.random.default_rng(0).standard_normal((64, 3))) < 0.6


def test_latents_below_the_threshold_have_no_vote() -> None:
    faint = IDENTITY * np.array([1.0, 1.0, 0.01])
    assert score(faint, prune=0.0) == 1.0
    assert score(faint) == pytest.approx(2 / 3, abs=0.1)


def test_without_a_factor_that_varies_it_is_undefined() -> None:
    assert score(IDENTITY, ONE_FACTOR) is None


def test_the_score_depends_on_the_seed_alone() -> None:
    assert score(rotated(40.0), seed=1) == score(rotated(40.0), seed=1)


def test_votes_are_those_of_a_loop() -> None:
    codes, classes, _ = noisy(400)
    scaled = (codes - codes.mean(0)) / codes.std(0)
    found = votes(scaled, classes, 300, 16, np.random.default_rng(3))
    rng = np.random.default_rng(3)
    expected = np.zeros_like(found)
    for k, sets in enumerate(rng.multinomial(300, np.full(3, 1 / 3))):
        for rows in sharing(classes[:, k]).sets(int(sets), 16, rng):
            assert len(set(classes[rows, k])) == 1
            expected[np.argmin([np.var(codes[rows, j], ddof=1) / np.var(codes[:, j], ddof=1) for j in range(5)]), k] += 1
    assert np.array_equal(found, expected)


def test_every_class_is_as_likely_whatever_its_number_of_rows() -> None:
    column = np.array([0] * 90 + [2] * 10)
    drawn = column[sharing(column).sets(4000, 3, np.random.default_rng(0))]
    assert (drawn.min(1) == drawn.max(1)).all()
    assert (drawn[:, 0] == 2).mean() == pytest.approx(0.5, abs=0.03)


def test_partners_are_of_the_same_class() -> None:
    column = np.array([3, 1, 3, 1, 7])
    rows = np.random.default_rng(0).integers(0, 5, (50, 4))
    assert np.array_equal(column[sharing(column).partners(rows, np.random.default_rng(1))], column[rows])


def test_codes_that_are_not_finite_are_refused() -> None:
    with pytest.raises(DataError, match="NaN"):
        score(np.full((64, 2), np.nan))
