import numpy as np
import pytest

from bench.artifacts import Factor
from bench.datasets.vocabulary import Vocabulary
from bench.errors import DataError
from bench.truth.activity import ActivityRules, verdict
from bench.truth.codes import CodeRules
from bench.truth.encoded import Encoded, codes_of_grid
from bench.truth.hearing import hear
from bench.truth.status import StatusRules

SIZES = (3, 6, 40, 32, 32)
NAMES = ("shape", "scale", "orientation", "x", "y")
CODES = CodeRules(bins=20, permutations=50, clean_explained=0.3, conditional=0.2, explained=0.05)
QUICK = CodeRules(bins=20, permutations=3, clean_explained=0.3, conditional=0.2, explained=0.05)
ACTIVITY = ActivityRules(mean_variance=0.01, divergence=0.01, mean_deviation=0.05, posterior_variance=0.9, picture=0.1, seen=0.15)
RULES = StatusRules(
    clean_top=0.85, clean_second=0.10, two_sum=0.85, two_second=0.25, entangled_part=0.15, entangled_below=0.5, named=0.15
)


def points(n: int, rng: np.random.Generator):
    """Classes of random pictures, and each factor as a number with variance one."""
    classes = rng.integers(0, SIZES, (n, len(SIZES)))
    return classes, (classes - classes.mean(0)) / classes.std(0)


def construction(rng: np.random.Generator, n: int):
    """Ten codes of known meaning: clean, duplicated, a rotated pair, dead. Returns them with their shares and statuses."""
    classes, ones = points(n, rng)
    order = rng.permutation(len(SIZES))
    angle = rng.uniform(0.05, np.pi / 4)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    mixing = np.zeros((10, len(SIZES)))
    for latent, factor in enumerate((*order[:3], order[0])):  # the last of the four is a duplicate
        mixing[latent, factor] = rng.choice([-1, 1]) * rng.uniform(0.5, 2)
    mixing[4:6, order[3:]] = turn * rng.uniform(0.5, 2)
    codes = ones @ mixing.T + rng.standard_normal((n, 10)) * np.where(np.arange(10) < 6, 0.05, 0.005)
    mixed = mixing[rng.permutation(10)]
    where = [int(np.flatnonzero((mixing == row).all(1))[0]) if row.any() else 9 for row in mixed]
    squares = np.square(mixed)
    shares = np.divide(squares, squares.sum(1, keepdims=True), out=np.zeros_like(squares), where=squares.any(1, keepdims=True))
    statuses = [RULES.status(dict(zip(NAMES, row, strict=True))) if row.any() else "inactive" for row in shares]
    return codes[:, where].astype(np.float32), classes, shares, statuses


def posterior(codes):
    return np.where(codes.std(0) > 0.1, -4.0, 0.0).astype(np.float32) * np.ones_like(codes)


def labels(codes, classes, rules=QUICK):
    heard = hear(Encoded(codes, posterior(codes), classes, SIZES), rules, ACTIVITY, 0)
    return heard, [rules.status(heard.associations, j, not heard.passive[j], NAMES, RULES) for j in range(codes.shape[1])]


def test_shares_and_statuses_of_two_hundred_known_constructions() -> None:
    worst, right, total = 0.0, 0, 0
    for seed in range(200):
        codes, classes, shares, statuses = construction(np.random.default_rng(seed), 10_000)
        heard, found = labels(codes, classes)
        live = shares.any(1)
        worst = max(worst, float(np.abs(heard.associations.shares - shares)[live].max()))
        edge = np.abs(np.sort(shares, axis=1)[:, -2:] - [0.10, 0.85]).min(1) < 0.01  # either label is right on a threshold
        right += sum(a == b or bool(e) for a, b, e in zip(found, statuses, edge, strict=True))
        total += len(found)
    assert worst < 0.02
    assert right / total >= 0.98


@pytest.mark.parametrize("degrees", [0.0, 10.0, 30.0, 45.0])
def test_a_rotation_has_squared_cosine_and_sine(degrees) -> None:
    classes, ones = points(10_000, np.random.default_rng(0))
    turn = np.radians(degrees)
    code = np.cos(turn) * ones[:, 3] + np.sin(turn) * ones[:, 4]
    found = CODES.associations(code[:, None], classes, SIZES, 0)
    assert found.shares[0, 3] == pytest.approx(np.cos(turn) ** 2, abs=0.02)
    assert found.shares[0, 4] == pytest.approx(np.sin(turn) ** 2, abs=0.02)


def test_noise_of_full_size_is_ambiguous_and_of_no_size_inactive() -> None:
    rng = np.random.default_rng(0)
    classes, _ = points(4000, rng)
    codes = rng.standard_normal((4000, 2)).astype(np.float32) * np.array([1.0, 0.005], np.float32)
    assert labels(codes, classes)[1] == ["ambiguous", "inactive"]


def test_a_latent_that_reads_a_factor_only_for_one_shape_is_conditional() -> None:
    classes, ones = points(4000, np.random.default_rng(0))
    codes = np.where(classes[:, :1] == 2, 1.5 * ones[:, 3:4], -1.5 * ones[:, 3:4]).astype(np.float32)
    heard, found = labels(codes, classes)
    assert found == ["conditional"]
    assert heard.associations.interaction[0] > 0.8


def test_a_code_of_which_most_is_unexplained_is_not_clean() -> None:
    rng = np.random.default_rng(0)
    classes, ones = points(4000, rng)
    codes = (0.4 * ones[:, 3:4] + rng.standard_normal((4000, 1))).astype(np.float32)
    heard, found = labels(codes, classes)
    assert heard.associations.shares[0, 3] > 0.95
    assert found == ["mixed"]


def test_a_clean_code_agrees_with_its_own_factor_only() -> None:
    classes, ones = points(4000, np.random.default_rng(0))
    found = QUICK.associations(ones[:, 3:4], classes, SIZES, 0)
    assert QUICK.agrees(found, 0, {"shape": 0.0, "scale": 0.1, "orientation": 0.0, "x": 0.9, "y": 0.0}, RULES)
    assert not QUICK.agrees(found, 0, {"shape": 0.0, "scale": 0.9, "orientation": 0.0, "x": 0.1, "y": 0.0}, RULES)


def test_the_rules_of_activity_have_hand_made_numbers() -> None:
    means = np.array([[1.0, 0.0], [-1.0, 0.0]], np.float32)
    logs = np.log(np.array([[0.25, 1.0], [0.25, 1.0]], np.float32))
    numbers, says = ACTIVITY.encoder(means, logs)
    assert {name: values.tolist() for name, values in numbers.items()} == {
        "mean_variance": [1.0, 0.0],
        "divergence": [pytest.approx(0.5 * (1 + 0.25 + np.log(4) - 1)), 0.0],
        "mean_deviation": [1.0, 0.0],
        "posterior_variance": [pytest.approx(0.25), 1.0],
    }
    assert all(values.tolist() == [True, False] for values in says.values())


def test_rules_that_differ_make_a_latent_ambiguous() -> None:
    assert verdict({"a": True, "b": True}) == "active"
    assert verdict({"a": False, "b": False}) == "inactive"
    assert verdict({"a": True, "b": False}) == "ambiguous"


def test_the_floor_of_pictures_is_the_null_of_idle_latents_or_the_rule() -> None:
    assert ACTIVITY.floor(np.zeros(0)) == 0.1
    assert ACTIVITY.floor(np.full(20, 3.0)) == 3.0


class Grid:
    """Three factors of which the pictures hold the classes themselves."""

    sizes = (2, 3, 4)
    factors = tuple(Factor(f"f{size}", "ordered", tuple(map(float, range(size)))) for size in sizes)
    vocabulary = Vocabulary("the shape", ())
    fingerprint = "grid"

    def __len__(self):
        return 24

    def images(self, index):
        return self.classes(index).astype(np.uint8).reshape(-1, 3, 1, 1)

    def classes(self, index):
        return np.stack(np.unravel_index(index, self.sizes), axis=1)

    def index(self, classes):
        return np.ravel_multi_index(classes.T, self.sizes)


class Encoder:
    def __init__(self, spoiled: float = 0.0):
        self.spoiled = spoiled

    def encode(self, images):
        means = images.reshape(len(images), -1).astype(np.float32) + self.spoiled
        return means, np.zeros_like(means)


def test_the_whole_grid_is_encoded_in_order() -> None:
    found = codes_of_grid(Encoder(), Grid(), None, 0)
    assert np.array_equal(found.means, found.classes)
    assert np.array_equal(found.classes, Grid().classes(np.arange(24)))


def test_a_sample_has_no_picture_twice_and_depends_on_the_seed_alone() -> None:
    one, same, other = (codes_of_grid(Encoder(), Grid(), 10, seed) for seed in (0, 0, 1))
    assert len(np.unique(one.classes, axis=0)) == 10
    assert np.array_equal(one.classes, same.classes)
    assert not np.array_equal(one.classes, other.classes)


def test_codes_that_are_not_finite_are_refused() -> None:
    with pytest.raises(DataError, match=r"latents \[0, 1, 2\] hold NaN"):
        codes_of_grid(Encoder(np.nan), Grid(), None, 0)
