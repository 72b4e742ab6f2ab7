import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from bench.disentanglement.beta_vae import beta_vae_score
from bench.disentanglement.draws import sharing
from tests.disentanglement.planes import CLASSES, CONSTANT, DEAD, DUPLICATED, IDENTITY, ONE_FACTOR, noisy, rotated


def score(codes, classes=CLASSES, seed=0):
    return beta_vae_score(codes, classes, 900, 600, 16, seed)


@pytest.mark.parametrize("codes", [IDENTITY, DUPLICATED, DEAD])
def test_a_code_of_its_own_for_each_factor_is_perfect(codes) -> None:
    assert score(codes) > 0.99


def test_constant_codes_have_the_chance_of_a_guess() -> None:
    assert score(CONSTANT) == pytest.approx(1 / 3, abs=0.08)


def test_two_codes_turned_by_45_degrees_confuse_their_factors() -> None:
    # |a| and |b| of turned codes have the same law for either factor: one of three is told, the others by a guess.
    assert score(rotated(45.0)) == pytest.approx(2 / 3, abs=0.1)


def test_fewer_than_two_factors_leave_it_undefined() -> None:
    assert score(IDENTITY, ONE_FACTOR) is None
    assert score(IDENTITY, CLASSES[:, :2]) is None


def test_the_score_depends_on_the_seed_alone() -> None:
    assert score(rotated(40.0), seed=1) == score(rotated(40.0), seed=1)


def test_it_is_that_of_a_loop_over_batches() -> None:
    codes, classes, _ = noisy(400)
    rng = np.random.default_rng(5)
    drawn = []
    for count in (300, 200):
        features, shared = [], []
        for k, sets in enumerate(rng.multinomial(count, np.full(3, 1 / 3))):
            first = rng.integers(0, len(codes), (int(sets), 16))
            second = sharing(classes[:, k]).partners(first, rng)
            for one, other in zip(first, second, strict=True):
                features.append(
                    [np.mean([abs(codes[a, j] - codes[b, j]) for a, b in zip(one, other, strict=True)]) for j in range(5)]
                )
                shared.append(k)
        drawn.append((np.array(features), np.array(shared)))
    machine = LogisticRegression(max_iter=1000).fit(*drawn[0])
    expected = np.mean(machine.predict(drawn[1][0]) == drawn[1][1])
    assert beta_vae_score(codes, classes, 300, 200, 16, 5) == pytest.approx(expected, abs=1e-9)
