"""The reader of the official file, on small files of the official structure, damaged ones and hostile ones."""

import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import h5py
import numpy as np
import pytest
import yaml

from bench.build import build
from bench.datasets import shapes3d_file
from bench.datasets.grid import classes_at
from bench.datasets.shapes3d import FACTORS, Shapes3D
from bench.datasets.shapes3d_file import Shapes3DFile
from bench.errors import DataError
from bench.interfaces import Dataset

SMALL = (1, 2, 2, 8, 4, 15)  # the first hues only: 1,920 images
COUNT = 1_920
KEPT = np.array([0, 1, 480, 959, 960, 1_919])  # images that the file holds; the others are black
NAME = "3dshapes.h5"
ROOT = Path(__file__).parents[2]


def official_labels(sizes=SMALL) -> np.ndarray:
    classes = classes_at(np.arange(np.prod(sizes)), sizes)
    values = [np.arange(4) if factor.name == "shape" else np.array(factor.values) for factor in FACTORS]
    return np.stack([of_factor[classes[:, i]] for i, of_factor in enumerate(values)], axis=1)


def official_images() -> np.ndarray:
    """The images in the layout of the file. Hue 1 of the file stands at its own index of the whole grid."""
    images = np.zeros((COUNT, 64, 64, 3), np.uint8)
    whole = Shapes3D().index(classes_at(KEPT, SMALL))
    images[KEPT] = Shapes3D().images(whole).transpose(0, 2, 3, 1)
    return images


def write(path, images=None, labels=None, chunks=(500, 16, 16, 1), **others):
    with h5py.File(path, "w") as file:
        images = official_images() if images is None else images
        file.create_dataset("images", data=images, chunks=chunks, compression="gzip", compression_opts=1)
        file.create_dataset("labels", data=official_labels() if labels is None else labels)
        for name, value in others.items():
            file[name] = value
    return path


def reader(folder, name=NAME, url="http://127.0.0.1:9/none", checksum=None):
    return Shapes3DFile(url=url, checksum=checksum, path=str(folder / name), folder=str(folder / "unpacked"), timeout=5.0)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(shapes3d_file, "SIZES", SMALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Holds one file of the official structure."""
    return write(tmp_path_factory.mktemp("official") / NAME).parent


def test_the_file_gives_its_images_channels_first(folder):
    images = reader(folder).images(KEPT[::-1])
    assert np.array_equal(images.transpose(0, 2, 3, 1), official_images()[KEPT[::-1]])
    assert not reader(folder).images(np.array([2, 1_000])).any()
    assert images.flags["C_CONTIGUOUS"]


def test_the_fingerprints_of_equal_pixels_are_equal(folder, tmp_path):
    again = write(tmp_path / NAME, chunks=(3, 64, 64, 3)).parent
    assert reader(again).fingerprint == reader(folder).fingerprint


def test_other_pixels_give_another_fingerprint(folder, tmp_path):
    images = official_images()
    images[0, 0, 0, 0] += 1
    assert reader(write(tmp_path / NAME, images).parent).fingerprint != reader(folder).fingerprint


def test_the_file_is_unpacked_once(folder):
    reader(folder).images(np.array([0]))
    (unpacked,) = (folder / "unpacked").glob("*.rows")
    before = unpacked.stat().st_mtime_ns
    reader(folder).images(np.array([0]))
    assert [path.stat().st_mtime_ns for path in (folder / "unpacked").glob("*.rows")] == [before]


def test_another_file_at_the_same_path_is_unpacked_anew(tmp_path):
    images = official_images()
    first = reader(write(tmp_path / NAME, images).parent).images(np.array([1]))
    images[1] = 7
    assert (reader(write(tmp_path / NAME, images).parent).images(np.array([1])) == 7).all()
    assert not (first == 7).all()


def test_classes_and_indices_undo_each_other(folder):
    index = np.array([0, 1, 15, 1_900])
    assert np.array_equal(reader(folder).index(reader(folder).classes(index)), index)
    assert len(reader(folder)) == COUNT


@pytest.mark.parametrize("index", [-1, COUNT])
def test_an_index_outside_the_grid_is_refused(folder, index):
    with pytest.raises(ValueError, match="out of bounds"):
        reader(folder).images(np.array([index]))


def test_a_missing_file_is_fetched_once(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *args: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        checksum = f"sha256:{hashlib.sha256((folder / NAME).read_bytes()).hexdigest()}"
        url = f"http://127.0.0.1:{server.server_port}/{NAME}"
        fetched = reader(tmp_path, url=url, checksum=checksum).images(KEPT)
        server.shutdown()
    assert np.array_equal(reader(tmp_path, url=url, checksum=checksum).images(KEPT), fetched)
    assert np.array_equal(fetched, reader(folder).images(KEPT))


def test_without_a_network_the_error_says_where_to_put_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(DataError, match=r"without a network, fetch it elsewhere and put it at .*3dshapes\.h5"):
        reader(tmp_path).images(np.array([0]))


def test_another_checksum_is_refused(folder):
    with pytest.raises(DataError, match="got sha256:"):
        reader(folder, checksum=f"sha256:{'0' * 64}").images(np.array([0]))


def test_another_order_is_refused(tmp_path):
    labels = official_labels()
    labels[[700, 701]] = labels[[701, 700]]
    with pytest.raises(DataError, match=r"expected the official order, got labels .* at index 700"):
        reader(write(tmp_path / NAME, labels=labels).parent).images(np.array([0]))


def test_labels_that_are_no_numbers_are_refused(tmp_path):
    labels = official_labels()
    labels[5, 3] = np.nan
    with pytest.raises(DataError, match="at index 5"):
        reader(write(tmp_path / NAME, labels=labels).parent).images(np.array([0]))


def test_images_of_another_shape_are_refused_and_nothing_is_published(tmp_path):
    write(tmp_path / NAME, official_images()[:, :32], chunks=None)
    with pytest.raises(DataError, match=r"images to be uint8 \(1920, 64, 64, 3\), got uint8 \(1920, 32, 64, 3\)"):
        reader(tmp_path).images(np.array([0]))
    assert [path.name for path in (tmp_path / "unpacked").iterdir() if path.suffix != ".lock"] == []


def test_images_of_another_type_are_refused(tmp_path):
    write(tmp_path / NAME, official_images().astype(np.float32))
    with pytest.raises(DataError, match=r"images to be uint8 .*, got float32"):
        reader(tmp_path).images(np.array([0]))


def test_a_file_of_the_full_size_with_another_order_is_refused_before_its_images_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(shapes3d_file, "SIZES", (10, 10, 10, 8, 4, 15))
    with h5py.File(tmp_path / NAME, "w") as file:
        file.create_dataset("images", (480_000, 64, 64, 3), "u1", chunks=(100, 64, 64, 3))
        file.create_dataset("labels", (480_000, 6), "f8", chunks=(10_000, 6))
    with pytest.raises(DataError, match=r"got labels \[0.0, 0.0, 0.0, 0.0, 0.0, 0.0\] at index 0"):
        reader(tmp_path).images(np.array([0]))


@pytest.mark.parametrize("name", ["images", "labels"])
def test_an_array_that_lies_outside_the_file_is_refused(folder, tmp_path, name):
    write(tmp_path / NAME)
    with h5py.File(tmp_path / NAME, "a") as file:
        del file[name]
        file[name] = h5py.ExternalLink(str(folder / NAME), name)
    with pytest.raises(DataError, match=f"expected an array {name} in it"):
        reader(tmp_path).images(np.array([0]))


def test_bytes_of_another_file_are_refused(tmp_path):
    (tmp_path / "secret").write_bytes(bytes(COUNT * 12_288))
    write(tmp_path / NAME)
    with h5py.File(tmp_path / NAME, "a") as file:
        del file["images"]
        external = [(str(tmp_path / "secret"), 0, h5py.h5f.UNLIMITED)]
        file.create_dataset("images", (COUNT, 64, 64, 3), "u1", external=external)
    with pytest.raises(DataError, match="expected an array images in it"):
        reader(tmp_path).images(np.array([0]))


def test_a_file_without_labels_is_refused(tmp_path):
    with h5py.File(tmp_path / NAME, "w") as file:
        file["pictures"] = np.zeros(3)
    with pytest.raises(DataError, match="expected an array labels in it, got pictures"):
        reader(tmp_path).images(np.array([0]))


@pytest.mark.parametrize("length", [0, 100, 4_000, -1_000])
def test_a_truncated_file_is_refused(folder, tmp_path, length):
    (tmp_path / NAME).write_bytes((folder / NAME).read_bytes()[:length])
    with pytest.raises(DataError, match="delete it and fetch it again"):
        reader(tmp_path).images(np.array([0]))


def test_damaged_chunks_are_refused(folder, tmp_path):
    whole = bytearray((folder / NAME).read_bytes())
    with h5py.File(folder / NAME) as file:
        chunk = max((file["images"].id.get_chunk_info(i) for i in range(4)), key=lambda info: info.size)
    whole[chunk.byte_offset : chunk.byte_offset + chunk.size] = bytes(chunk.size)
    (tmp_path / NAME).write_bytes(whole)
    with pytest.raises(DataError, match="expected a whole HDF5 file"):
        reader(tmp_path).images(np.array([0]))


@pytest.mark.parametrize("length", [0, 1_000, -8])
def test_truncated_rows_are_refused(folder, tmp_path, length):
    copy = unpacked_copy(folder, tmp_path)
    copy.write_bytes(copy.read_bytes()[:length])
    with pytest.raises(DataError, match=r"got \d+ bytes( that are no 1920 rows)?; delete the file to unpack them again"):
        reader(tmp_path).images(np.array([0]))


def test_a_damaged_row_is_refused_and_the_others_are_read(folder, tmp_path):
    copy = unpacked_copy(folder, tmp_path)
    rows = bytearray(copy.read_bytes())
    rows[20:40] = bytes(20)
    copy.write_bytes(rows)
    assert np.array_equal(reader(tmp_path).images(KEPT[1:]), reader(folder).images(KEPT[1:]))
    with pytest.raises(DataError, match="delete the file to unpack them again"):
        reader(tmp_path).images(np.array([0]))


def unpacked_copy(folder, tmp_path) -> Path:
    """A copy of the unpacked images in a folder of its own, beside a link to the official file."""
    reader(folder).images(np.array([0]))
    (unpacked,) = (folder / "unpacked").glob("*.rows")
    copy = tmp_path / "unpacked" / unpacked.name
    copy.parent.mkdir()
    copy.write_bytes(unpacked.read_bytes())
    (tmp_path / NAME).symlink_to(folder / NAME)
    return copy


def test_the_yaml_builds_a_dataset(folder):
    node = yaml.safe_load((ROOT / "conf" / "dataset" / "shapes3d_official.yaml").read_text())
    assert node["checksum"].startswith("sha256:")
    assert node["url"].endswith(Path(node["path"]).name)
    places = {"path": str(folder / NAME), "folder": str(folder / "unpacked"), "timeout": 5.0, "checksum": None}
    built = build(node | places)
    assert isinstance(built, Dataset)
    assert [words.factor for words in built.vocabulary.factors] == [factor.name for factor in built.factors]
