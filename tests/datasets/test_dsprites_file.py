"""The reader of the official file, on a file of the official structure and on damaged ones."""

import hashlib
import threading
import zipfile
import zlib
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import yaml

from bench.build import build
from bench.datasets.dsprites import DSprites, grid_classes
from bench.datasets.dsprites_file import BITS, COUNT, DSpritesFile
from bench.errors import DataError
from bench.interfaces import Dataset

DRAWN = (0, 4_095, 4_096, 300_000, COUNT - 1)  # indices whose real images the file holds; the others are black
NAME = "dsprites.npz"
IMAGES = ("imgs", "|u1", (COUNT, 64, 64))
CLASSES = ("latents_classes", "<i8", (COUNT, 6))
ROOT = Path(__file__).parents[2]


class Repeats:
    """A deflater that compresses an object once, however often it comes: 3 GB of black images take a second."""

    def __init__(self):
        self.deflater, self.seen = zlib.compressobj(1, zlib.DEFLATED, -15), {}

    def compress(self, chunk):
        if id(chunk) not in self.seen:  # a full flush forgets what came before, so the bytes can be used again
            self.seen[id(chunk)] = chunk, self.deflater.compress(chunk) + self.deflater.flush(zlib.Z_FULL_FLUSH)
        return self.seen[id(chunk)][1]

    def flush(self):
        return self.deflater.flush()


def write(path, members):
    """An archive of `(name, dtype, shape) → chunks of bytes`."""
    with zipfile.ZipFile(path, "w") as archive:
        for (name, dtype, shape), chunks in members:
            entry = zipfile.ZipInfo(f"{name}.npy")
            entry.compress_type = zipfile.ZIP_DEFLATED if name == "imgs" else zipfile.ZIP_STORED
            with archive.open(entry, "w", force_zip64=True) as member:
                if name == "imgs":
                    member._compressor = Repeats()
                np.lib.format.write_array_header_1_0(member, {"descr": dtype, "fortran_order": False, "shape": shape})
                for chunk in chunks:
                    member.write(chunk)
    return path


def black_but_for_some(rows=4_096):
    images = dict(zip(DRAWN, DSprites().images(np.array(DRAWN))[:, 0] // 255, strict=True))
    black = bytes(rows * 64 * 64)
    for start in range(0, COUNT, rows):
        inside = [index for index in DRAWN if start <= index < start + rows]
        block = bytearray(black) if inside else black
        for index in inside:
            block[(index - start) * 4_096 : (index - start + 1) * 4_096] = images[index].tobytes()
        yield bytes(block) if inside else black


def official_classes():
    return [grid_classes(np.arange(COUNT)).astype("<i8").tobytes()]


def reader(folder, name=NAME, url="http://127.0.0.1:9/none", checksum=None):
    return DSpritesFile(url=url, checksum=checksum, path=str(folder / name), folder=str(folder / "unpacked"), timeout=5.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Holds one file of the full size with the official structure."""
    path = tmp_path_factory.mktemp("official") / NAME
    metadata = (("metadata", "|O", ()), [b"cos\nsystem\n(S'exit 1'\ntR."])  # would end the process if it were unpickled
    write(path, [metadata, (IMAGES, black_but_for_some()), (CLASSES, official_classes())])
    return path.parent


def test_the_file_gives_the_same_images_at_the_same_indices_as_the_drawing(folder):
    index = np.array(DRAWN[::-1])
    assert np.array_equal(reader(folder).images(index), DSprites().images(index))
    assert not reader(folder).images(np.array([1, 4_097])).any()


def test_the_file_is_unpacked_once(folder):
    reader(folder).images(np.array([0]))
    (unpacked,) = (folder / "unpacked").glob("*.npy")
    before = unpacked.stat().st_mtime_ns
    reader(folder).images(np.array([0]))
    assert [path.stat().st_mtime_ns for path in (folder / "unpacked").glob("*.npy")] == [before]


def test_indices_and_classes_are_those_of_the_drawing(folder):
    index = np.array([0, 1, 32, 700_000])
    assert np.array_equal(reader(folder).classes(index), DSprites().classes(index))
    assert np.array_equal(reader(folder).index(reader(folder).classes(index)), index)
    assert len(reader(folder)) == len(DSprites())


def test_a_negative_index_is_refused(folder):
    with pytest.raises(ValueError, match="out of bounds"):
        reader(folder).images(np.array([-1]))


def test_other_pixels_give_another_fingerprint(folder):
    assert len(reader(folder).fingerprint) == 64
    assert reader(folder).fingerprint != DSprites().fingerprint


def test_another_checksum_is_refused(folder):
    with pytest.raises(DataError, match="got sha256:"):
        reader(folder, checksum=f"sha256:{'0' * 64}").images(np.array([0]))


def test_damaged_unpacked_bits_are_refused(folder, tmp_path):
    reader(folder).images(np.array([0]))
    (unpacked,) = (folder / "unpacked").glob("*.npy")
    copy = tmp_path / "unpacked" / unpacked.name
    copy.parent.mkdir()
    copy.write_bytes(unpacked.read_bytes()[:1_000])
    (tmp_path / NAME).symlink_to(folder / NAME)
    with pytest.raises(DataError, match="delete the file to unpack them again"):
        reader(tmp_path).images(np.array([0]))


def test_a_missing_file_is_fetched_once(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    (tmp_path / "unpacked").symlink_to(folder / "unpacked")
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *args: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        checksum = f"sha256:{hashlib.sha256((folder / NAME).read_bytes()).hexdigest()}"
        url = f"http://127.0.0.1:{server.server_port}/{NAME}"
        fetched = reader(tmp_path, url=url, checksum=checksum).images(np.array(DRAWN))
        server.shutdown()
    again = reader(tmp_path, url=url, checksum=checksum).images(np.array(DRAWN))
    assert np.array_equal(fetched, DSprites().images(np.array(DRAWN)))
    assert np.array_equal(again, fetched)


def test_another_order_is_refused(tmp_path):
    classes = grid_classes(np.arange(COUNT)).astype("<i8")
    classes[[5_000, 5_001]] = classes[[5_001, 5_000]]
    write(tmp_path / NAME, [(CLASSES, [classes.tobytes()]), (IMAGES, [])])
    with pytest.raises(DataError, match=r"expected the official order, got classes .* at index 5000"):
        reader(tmp_path).images(np.array([0]))


def test_images_of_another_shape_are_refused(tmp_path):
    write(tmp_path / NAME, [(CLASSES, official_classes()), (("imgs", "|u1", (COUNT, 3, 64, 64)), [])])
    with pytest.raises(
        DataError, match=r"expected imgs to be uint8 \(737280, 64, 64\) in C order, got uint8 \(737280, 3, 64, 64\)"
    ):
        reader(tmp_path).images(np.array([0]))


def test_pixels_other_than_0_and_1_are_refused_and_nothing_is_published(tmp_path):
    white, black = b"\xff" * (1 << 25), bytes(1 << 25)
    write(tmp_path / NAME, [(CLASSES, official_classes()), (IMAGES, [white, *[black] * 89])])
    with pytest.raises(DataError, match="expected pixels 0 and 1, got 255"):
        reader(tmp_path).images(np.array([0]))
    assert [path.name for path in (tmp_path / "unpacked").iterdir() if path.suffix != ".lock"] == []


@pytest.mark.parametrize("length", [0, 1_000, -1_000])
def test_a_truncated_file_is_refused(folder, tmp_path, length):
    (tmp_path / NAME).write_bytes((folder / NAME).read_bytes()[:length])
    with pytest.raises(DataError, match="delete it and fetch it again"):
        reader(tmp_path).images(np.array([0]))


def test_the_yaml_builds_a_dataset(folder):
    node = yaml.safe_load((ROOT / "conf" / "dataset" / "dsprites_official.yaml").read_text())
    assert node["checksum"].startswith("git-blob:")
    assert node["url"].endswith(Path(node["path"]).name)
    places = {"path": str(folder / NAME), "folder": str(folder / "unpacked"), "timeout": 5.0, "checksum": None}
    built = build(node | places)
    assert isinstance(built, Dataset)
    assert built._bits.shape == BITS
