import shutil

import numpy as np
import pytest

from bench.datasets.archive import Archive
from bench.datasets.ucsd_ped1 import UCSDPed1
from bench.errors import DataError
from tests.inspections import picture, ucsd


def reader(path, **changes):
    archive = Archive(url="http://127.0.0.1:9/a.tar.gz", checksum=None, into=str(path), fetch=False, timeout=1.0, limit=1000)
    return UCSDPed1(**({"path": str(path), "archive": archive, "side": 10, "stride": 1} | changes))


@pytest.mark.parametrize("endings", [("tif", "bmp"), ("png", "png"), ("bmp", "tif")])
def test_clips_without_masks_are_left_out(tmp_path, endings):
    normal, tested, masks = reader(ucsd(tmp_path, endings=endings)).read()
    assert normal.shape == (8, 1, 10, 10)
    assert tested.shape == (8, 1, 10, 10)
    assert masks.any((1, 2)).tolist() == [False, False, False, True] * 2


def test_frames_and_masks_are_scaled_to_one_square(tmp_path):
    _, tested, masks = reader(ucsd(tmp_path, size=(30, 20))).read()
    expected = np.zeros((10, 10), bool)
    expected[2:6, 3:7] = True  # rows 5 to 12 of 20 and columns 10 to 19 of 30, the nearest pixel to the middle of each place
    np.testing.assert_array_equal(masks[3], expected)
    assert tested[3, 0][4, 4:6].min() > 200


def test_hidden_files_are_no_frames(tmp_path):
    assert (ucsd(tmp_path) / "Test/Test001/._001.tif").exists()
    assert len(reader(tmp_path).read().tested) == 8


def test_frames_can_be_skipped(tmp_path):
    normal, tested, masks = reader(ucsd(tmp_path), stride=3).read()
    assert (len(normal), len(tested)) == (4, 4)
    assert masks.any((1, 2)).tolist() == [False, True, False, True]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: (path / "Train/Train001/002.tif").write_bytes(b""), "002.tif: expected a whole picture"),
        (lambda path: cut(path / "Test/Test001/002.tif"), "002.tif: expected a whole picture"),
        (lambda path: (path / "Test/Test001_gt/002.bmp").unlink(), "expected a mask at .*Test001_gt/002.bmp, found none"),
        (
            lambda path: picture(path / "Test/Test001_gt/002.bmp", np.zeros((20, 31))),
            "mask of 30 by 20 pixels.*31 by 20",
        ),
        (lambda path: [shutil.rmtree(path / f"Test/Test{n}_gt") for n in ("001", "003")], "clips with a folder of masks"),
        (lambda path: shutil.rmtree(path / "Train"), "expected clips in .*Train, found none"),
        (
            lambda path: [file.unlink() for file in (path / "Train/Train001").iterdir()],
            "expected files .*Train001, found none",
        ),
        (shutil.rmtree, "expected a folder at .*runtime.fetch=true"),
    ],
    ids=["empty", "cut", "no mask", "size", "no masks", "no clips", "no frames", "nothing"],
)
def test_a_fault_is_one_clear_error(tmp_path, damage, message):
    damage(ucsd(tmp_path / "ped1"))
    with pytest.raises(DataError, match=message):
        reader(tmp_path / "ped1").read()


def cut(path):
    path.write_bytes(path.read_bytes()[:300])
