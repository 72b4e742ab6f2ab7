"""Members read in blocks, from whole files and from files that are not what they say."""

import zipfile

import numpy as np
import pytest

from bench.datasets.npz import blocks, checksums
from bench.errors import DataError

NUMBERS = np.arange(40, dtype="<i8").reshape(10, 4)


def read(path, dtype="<i8", shape=(10, 4), name="numbers", rows=3):
    return np.concatenate(list(blocks(path, name, dtype, shape, rows)))


@pytest.fixture
def archive(tmp_path):
    np.savez(tmp_path / "a.npz", numbers=NUMBERS)
    return tmp_path / "a.npz"


@pytest.mark.parametrize("rows", [1, 3, 10, 99])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_blocks_put_together_are_the_array(tmp_path, save, rows):
    save(tmp_path / "a.npz", numbers=NUMBERS, other=np.zeros(3))
    assert np.array_equal(read(tmp_path / "a.npz", rows=rows), NUMBERS)


def test_checksums_follow_the_content(tmp_path, archive):
    np.savez_compressed(tmp_path / "same.npz", numbers=NUMBERS)
    np.savez(tmp_path / "other.npz", numbers=NUMBERS + 1)
    assert checksums(archive, "numbers") == checksums(tmp_path / "same.npz", "numbers")
    assert checksums(archive, "numbers") != checksums(tmp_path / "other.npz", "numbers")


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (NUMBERS[:9], r"expected numbers to be int64 \(10, 4\) in C order, got int64 \(9, 4\)"),
        (NUMBERS.astype("<f8"), "got float64"),
        (NUMBERS.astype(">i8"), "got >i8"),
        (np.asfortranarray(NUMBERS), "in Fortran order"),
    ],
)
def test_another_shape_type_or_order_is_refused(tmp_path, array, message):
    np.savez(tmp_path / "a.npz", numbers=array)
    with pytest.raises(DataError, match=message):
        read(tmp_path / "a.npz")


def test_a_pickled_member_is_refused_unread(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as file, file.open("numbers.npy", "w") as member:
        np.lib.format.write_array_header_1_0(member, {"descr": "|O", "fortran_order": False, "shape": (10, 4)})
        member.write(b"cos\nsystem\n(S'exit 1'\ntR.")
    with pytest.raises(DataError, match="got object"):
        read(tmp_path / "a.npz")


@pytest.mark.parametrize("extra", [-8, 8])
def test_a_member_longer_or_shorter_than_its_header_says_is_refused(tmp_path, extra):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as file, file.open("numbers.npy", "w") as member:
        np.lib.format.write_array_header_1_0(member, {"descr": "<i8", "fortran_order": False, "shape": (10, 4)})
        member.write((NUMBERS.tobytes() + bytes(8))[: 320 + extra])
    with pytest.raises(DataError, match=f"numbers of {128 + 320 + extra} bytes in all"):
        read(tmp_path / "a.npz")


def test_a_later_version_of_the_format_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as file, file.open("numbers.npy", "w") as member:
        np.lib.format.write_array(member, NUMBERS, version=(2, 0))
    with pytest.raises(DataError, match=r"version \(2, 0\)"):
        read(tmp_path / "a.npz")


def test_a_flipped_bit_is_noticed(archive):
    content = bytearray(archive.read_bytes())
    content[content.index(NUMBERS.tobytes()) + 100] ^= 1
    archive.write_bytes(content)
    with pytest.raises(DataError, match="Bad CRC-32"):
        read(archive)


@pytest.mark.parametrize("length", [0, 100, -30])
def test_a_truncated_file_is_refused(archive, length):
    archive.write_bytes(archive.read_bytes()[:length])
    with pytest.raises(DataError, match="delete it and fetch it again"):
        read(archive)


def test_a_missing_member_is_refused(archive):
    with pytest.raises(DataError, match=r"no item named 'letters\.npy'"):
        read(archive, name="letters")
    with pytest.raises(DataError, match=r"no item named 'letters\.npy'"):
        checksums(archive, "letters")
