import numpy as np
import pytest

from bench.datasets.dsprites import DSprites
from bench.truth.circles import Circle, circles
from bench.truth.matching import Matching
from bench.truth.pooling import pooled, principal
from bench.truth.reliability import reliability, softened
from tests.truth.stamps import Stamps

WORLD = Stamps()
RNG = np.random.default_rng(0)
INDEX = RNG.integers(0, len(WORLD), 200)


@pytest.fixture(scope="module")
def read():
    return Matching(bank=2000, pool=4, components=64, passes=3, reach=6).on(WORLD)


@pytest.fixture(scope="module")
def sprites():
    return Matching(bank=20_000, pool=4, components=64, passes=3, reach=2).on(DSprites())


def test_pictures_of_the_dataset_read_as_their_classes(read) -> None:
    found = read(WORLD.images(INDEX))
    true = WORLD.classes(INDEX)
    assert (found.misfit == 0).mean() > 0.97
    right = found.classes == true
    assert right[:, :4].mean() > 0.99
    assert ((found.classes - true)[:, 4] % 6 == 0).mean() > 0.97  # a cross and its half turn are one picture


def test_the_classes_of_an_exact_match_are_whole(read) -> None:
    found = read(WORLD.images(INDEX))
    exact = found.misfit == 0
    assert np.array_equal(found.values[exact], found.classes[exact])


def test_a_picture_between_two_classes_reads_as_between(read) -> None:
    base = np.array([[0, 4, 4, 2, 3]])
    low, high = (WORLD.images(WORLD.index(base + np.array([0, 0, 0, step, 0]))).astype(float) for step in (0, 1))
    found = read(np.rint(0.7 * low + 0.3 * high).astype(np.uint8))
    assert found.values[0, 3] == pytest.approx(2.3, abs=0.05)


def test_equal_pictures_read_alike_in_any_order(read) -> None:
    pictures = softened(WORLD.images(INDEX[:20]))
    twice = read(np.concatenate([pictures, pictures[::-1]]))
    assert np.array_equal(twice.values[:20], twice.values[:19:-1])


def test_no_pictures_give_an_empty_reading(read) -> None:
    found = read(WORLD.images(INDEX[:1])[:0])
    assert (found.classes.shape, found.values.shape, found.misfit.shape) == ((0, 5), (0, 5), (0,))


def test_reading_is_the_same_each_time(read) -> None:
    pictures = softened(WORLD.images(INDEX[:50]))
    again = Matching(bank=2000, pool=4, components=64, passes=3, reach=6).on(WORLD)(pictures)
    assert all(np.array_equal(one, other) for one, other in zip(read(pictures), again, strict=True))


def test_softened_sprites_can_be_read(sprites) -> None:
    world = DSprites()
    drawn = np.random.default_rng(1).integers(0, len(world), 120)
    found = reliability(sprites(softened(world.images(drawn))), world.classes(drawn), world.factors, circles(world))
    assert found[0] == 1.0  # one colour only
    assert found.min() > 0.8
    assert found[4:].min() > 0.99


def test_reliability_by_hand(read) -> None:
    classes = np.array([[0, 1, 0, 0, 0], [1, 3, 0, 0, 3]])
    found = read(WORLD.images(WORLD.index(classes)))
    wrong = found._replace(values=found.values + np.array([0, 1, 0, 0, 0]), classes=1 - found.classes)
    scores = reliability(wrong, classes, WORLD.factors, circles(WORLD))
    assert scores[:3].tolist() == [-1.0, 0.0, 1.0]  # all kinds wrong, an error of one class at variance one, nothing to tell
    assert scores[4] == pytest.approx(1.0)


def test_pooling_takes_means() -> None:
    picture = np.arange(16, dtype=np.uint8).reshape(1, 1, 4, 4)
    assert pooled(picture, 2).tolist() == [[2.5, 4.5, 10.5, 12.5]]


def test_softening_takes_means_over_nine_pixels_and_repeats_edges() -> None:
    picture = np.zeros((1, 1, 3, 3), np.uint8)
    picture[0, 0, 0, 0] = 90
    assert softened(picture)[0, 0].tolist() == [[40, 20, 0], [20, 10, 0], [0, 0, 0]]


def test_symmetries_are_found_in_the_pictures() -> None:
    assert circles(WORLD) == (Circle(4, 12, (0,), (2,), (1, 2)),)
    assert circles(DSprites()) == (Circle(3, 39, (0, 1), (1, 3), (4, 2, 1)),)


def test_a_turn_is_unrolled_the_shorter_way_within_what_can_be_seen() -> None:
    circle = Circle(4, 12, (0,), (2,), (1, 2))
    turns, orders = circle.unrolled(np.array([[10.0, 11.0, 0.0, 1.0], [4.0, 5.0, 0.0, 1.0]]), np.array([[1] * 4, [2] * 4]))
    assert orders.tolist() == [1, 2]
    assert np.allclose(np.diff(turns, axis=1), [[1 / 12], [1 / 6]])


def test_a_row_that_meets_two_symmetries_is_read_at_their_least_common_multiple() -> None:
    circle = Circle(4, 12, (0,), (2,), (1, 2))
    assert circle.unrolled(np.array([[3.0, 9.0]]), np.array([[1, 2]]))[1].tolist() == [2]
    assert np.ptp(circle.unrolled(np.array([[3.0, 9.0]]), np.array([[1, 2]]))[0]) == 0


def test_principal_axes_keep_the_variance_that_was_put_in() -> None:
    rng = np.random.default_rng(0)
    features = (rng.standard_normal((500, 2)) @ rng.standard_normal((2, 9))).astype(np.float32)
    axes = principal(features, 2)
    assert (features @ axes).var(0).sum() == pytest.approx(features.var(0).sum(), rel=1e-4)
    assert np.abs(axes.T @ axes - np.eye(2)).max() < 1e-5
    assert principal(features, 20).shape == (9, 9)
