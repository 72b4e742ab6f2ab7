import numpy as np
import pytest

from bench.datasets.idx import read_idx
from bench.datasets.mnist import MNIST
from bench.errors import ConfigError, DataError
from tests.inspections import digits, idx, mnist

NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def reader(path, **changes):
    fields = {
        "url": "http://127.0.0.1:9",
        "checksums": {f"{name}.gz": "sha256:00" for name in NAMES},
        "fetch": False,
        "timeout": 1.0,
    }
    return MNIST(**({"path": str(path), **fields, "of": 3, "others": (8,), "reach": 1} | changes))


@pytest.mark.parametrize("deflated", [False, True], ids=["plain", "gzip"])
def test_one_digit_is_learnt_and_it_and_the_others_are_tested_in_the_order_of_the_file(tmp_path, deflated):
    normal, tested, masks = reader(mnist(tmp_path, deflated)).read()
    images, labels = digits(0, 60)
    np.testing.assert_array_equal(normal[:, 0], images[labels == 3])
    images, labels = digits(1, 24)
    np.testing.assert_array_equal(tested[:, 0], images[np.isin(labels, (3, 8))])
    assert masks.shape == (16, 28, 28)


def test_added_strokes_are_masked_and_nothing_of_the_normal_digit(tmp_path):
    _, tested, masks = reader(mnist(tmp_path)).read()
    across = tested[:, 0, 13, 5] > 0
    assert (masks.any((1, 2)) == across).all()
    for image, mask in zip(tested[across, 0], masks[across], strict=True):
        assert mask.sum() < (image > 0).sum() / 2
        assert mask[12:16, 5:8].all()
        assert not mask[:11].any()
        assert not mask[17:].any()


def test_ink_within_reach_of_known_ink_is_no_stroke(tmp_path):
    near, far = (reader(mnist(tmp_path), reach=reach).read().masks.sum() for reach in (3, 0))
    assert 0 < near < far


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.write_bytes(b""), "begins with nothing"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "got 47039"),
        (lambda path: path.write_bytes(path.read_bytes() + b"x"), "got 47041"),
        (lambda path: path.write_bytes(b"\x00\x00\x0d\x03" + path.read_bytes()[4:]), "begins with 00000d03"),
        (lambda path: idx(path, np.zeros(5)), "with 3 axes, it begins with 00000801"),
        (lambda path: path.write_bytes(b"\x1f\x8b" + b"x" * 50), "expected an IDX file, got BadGzipFile"),
        (lambda path: idx(path, np.zeros((59, 28, 28))), "a label for each of 59 pictures of the train files, got 60"),
        (lambda path: path.unlink(), "found neither"),
    ],
    ids=["empty", "cut", "long", "floats", "labels", "gzip", "counts", "missing"],
)
def test_a_bad_file_is_one_clear_error(tmp_path, damage, message):
    damage(mnist(tmp_path) / NAMES[0])
    with pytest.raises(DataError, match=message):
        reader(tmp_path).read()


def test_a_gzip_that_is_cut_is_an_error(tmp_path):
    path = mnist(tmp_path, deflated=True) / f"{NAMES[0]}.gz"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="expected an IDX file, got EOFError"):
        reader(tmp_path).read()


def test_a_digit_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(DataError, match="expected pictures of a 7 in the train files"):
        reader(mnist(tmp_path), of=7).read()


@pytest.mark.parametrize("others", [(), (3, 8)])
def test_the_others_are_others(tmp_path, others):
    with pytest.raises(ConfigError, match="other than the normal one"):
        reader(tmp_path, others=others)


def test_the_network_is_asked_only_when_it_may_be(tmp_path):
    with pytest.raises(DataError, match=r"expected to fetch http://127\.0\.0\.1:9/train-images-idx3-ubyte\.gz"):
        reader(tmp_path, fetch=True).read()


def test_an_array_is_read_as_it_was_written(tmp_path):
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    np.testing.assert_array_equal(read_idx(idx(tmp_path / "a", array), 3), array)
