import io
import sys

import numpy as np
import pytest
from photographs import STEPS, colours, plain
from PIL import Image

from bench.datasets.lsun_church import LSUNChurch
from bench.errors import ConfigError, DataError
from bench.interfaces import Dataset

LEVELS = (40, 120, 200)


def reader(path):
    return LSUNChurch(path=str(path), steps=STEPS)


def encoded(level):
    file = io.BytesIO()
    Image.new("RGB", (20, 14), (level, level, level)).save(file, "WEBP", lossless=True)
    return file.getvalue()


def database(path, content):
    """A database in the official layout: one encoded picture under each key."""
    lmdb = pytest.importorskip("lmdb")
    with lmdb.open(str(path), map_size=1 << 24) as made, made.begin(write=True) as transaction:
        for key, value in content.items():
            transaction.put(key, value)
    return path


@pytest.fixture
def folder(tmp_path):
    for i, level in enumerate(LEVELS):
        plain(tmp_path / "churches" / f"{i}.png", (level, level, level), (20, 14))
    return tmp_path / "churches"


@pytest.fixture
def church_lmdb(tmp_path):
    keys = (b"ff00", b"0a11", b"8b22")  # LMDB sorts them
    return database(tmp_path / "church_outdoor_train_lmdb", dict(zip(keys, map(encoded, (200, 40, 120)), strict=True)))


def test_it_is_a_dataset_without_factors(folder):
    assert isinstance(reader(folder), Dataset)
    assert reader(folder).factors == ()
    assert reader(folder).classes(np.arange(3)).shape == (3, 0)


def test_a_folder_is_read_by_name(folder):
    assert [colour[0] for colour in colours(reader(folder).images(np.array([2, 0])))] == [200, 40]


def test_a_database_is_read_by_key(church_lmdb):
    assert [colour[0] for colour in colours(reader(church_lmdb).images(np.arange(3)))] == [40, 120, 200]


def test_a_database_and_a_folder_of_the_same_pictures_have_one_fingerprint(church_lmdb, folder):
    assert reader(church_lmdb).fingerprint == reader(folder).fingerprint


def test_an_empty_database_is_told(tmp_path):
    with pytest.raises(DataError, match="found none"):
        len(reader(database(tmp_path / "empty", {})))


def test_a_damaged_database_is_told(tmp_path):
    pytest.importorskip("lmdb")
    (tmp_path / "data.mdb").write_bytes(b"x" * 8192)
    with pytest.raises(DataError, match="whole LMDB database"):
        len(reader(tmp_path))


def test_a_damaged_picture_in_a_database_is_named_by_its_key(tmp_path):
    path = database(tmp_path / "lmdb", {b"aa": encoded(9), b"bb": b"no picture"})
    with pytest.raises(DataError, match="lmdb: bb: expected a whole picture"):
        reader(path).images(np.array([1]))


def test_without_the_package_the_extra_is_named(tmp_path, monkeypatch):
    (tmp_path / "data.mdb").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "lmdb", None)
    with pytest.raises(ConfigError, match=r"latentbench\[lmdb\]"):
        len(reader(tmp_path))


def test_a_missing_path_is_told_with_the_layout(tmp_path):
    with pytest.raises(DataError, match=r"expected layout: an LMDB database"):
        len(reader(tmp_path / "nowhere"))


@pytest.mark.parametrize("index", [-1, 3])
def test_an_index_outside_is_refused(folder, index):
    for ask in (reader(folder).images, reader(folder).classes):
        with pytest.raises(ValueError, match="from 0 to 2"):
            ask(np.array([index]))


def test_nothing_can_be_looked_up(folder):
    with pytest.raises(ConfigError, match=r"model\.truth to null"):
        reader(folder).index(np.zeros((1, 0), np.int64))
