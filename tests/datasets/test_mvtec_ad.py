import shutil

import numpy as np
import pytest

from bench.datasets.archive import Archive
from bench.datasets.mvtec_ad import MVTecAD
from bench.errors import DataError
from tests.inspections import mvtec, picture


def reader(path, **changes):
    archive = Archive(url="http://127.0.0.1:9/a.tar.xz", checksum=None, into=str(path), fetch=False, timeout=1.0, limit=1000)
    return MVTecAD(**({"path": str(path), "archive": archive, "category": "hazelnut", "side": 16} | changes))


def test_good_test_pictures_are_tested_too_and_have_empty_masks(tmp_path):
    normal, tested, masks = reader(mvtec(tmp_path)).read()
    assert (normal.shape, tested.shape, masks.shape) == ((6, 3, 16, 16), (6, 3, 16, 16), (6, 16, 16))
    assert masks.any((1, 2)).tolist() == [True, True, False, False, True, True]  # crack, good, hole


def test_masks_are_scaled_by_the_nearest_pixel_and_lie_on_the_defect(tmp_path):
    _, tested, masks = reader(mvtec(tmp_path)).read()
    expected = np.zeros((16, 16), bool)
    expected[8:13, 8:13] = True
    np.testing.assert_array_equal(masks[4], expected)
    assert tested[4][0][9:12, 9:12].min() > 200


def test_any_colour_but_black_is_a_defect(tmp_path):
    folder = mvtec(tmp_path)
    mask = np.zeros((32, 32))
    mask[:8] = 1
    picture(folder / "hazelnut/ground_truth/hole/000_mask.png", mask)
    assert reader(folder).read().masks[4].sum() == 4 * 16


def test_pictures_may_be_grey(tmp_path):
    folder = mvtec(tmp_path)
    picture(folder / "hazelnut/train/good/000.png", np.full((32, 32), 7))
    assert set(reader(folder).read().normal[0].ravel().tolist()) == {7}


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: (path / "train/good/002.png").write_bytes(b""), "002.png: expected a whole picture"),
        (lambda path: cut(path / "test/hole/001.png"), "001.png: expected a whole picture"),
        (lambda path: (path / "ground_truth/hole/001_mask.png").unlink(), "expected a mask at .*hole/001_mask.png, found none"),
        (lambda path: cut(path / "ground_truth/hole/001_mask.png"), "001_mask.png: expected a whole picture"),
        (lambda path: picture(path / "ground_truth/hole/001_mask.png", np.zeros((16, 32))), "mask of 32 by 32 .* got 32 by 16"),
        (lambda path: shutil.rmtree(path / "test"), "expected folders of test pictures"),
        (lambda path: shutil.rmtree(path / "train"), "expected a folder at .*train/good"),
        (lambda path: [file.unlink() for file in (path / "test/good").iterdir()], "expected files .png in .*test/good"),
        (lambda path: path.rename(path.parent / "walnut"), "expected the category hazelnut .* found walnut"),
        (lambda path: shutil.rmtree(path.parent), "expected a folder at .*runtime.fetch=true"),
    ],
    ids=["empty", "cut", "no mask", "cut mask", "size", "no test", "no train", "no pictures", "category", "nothing"],
)
def test_a_fault_is_one_clear_error(tmp_path, damage, message):
    damage(mvtec(tmp_path / "mvtec") / "hazelnut")
    with pytest.raises(DataError, match=message):
        reader(tmp_path / "mvtec").read()


def test_the_subject_is_the_category_in_words(tmp_path):
    assert reader(tmp_path, category="metal_nut").subject == "the metal nut"


def cut(path):
    path.write_bytes(path.read_bytes()[:60])
