import numpy as np
import pytest
from PIL import Image

from bench.datasets.picture_folder import PictureFolder
from bench.errors import DataError
from bench.interfaces import Dataset


@pytest.fixture
def folder(tmp_path):
    for name, shade in (("b.png", 200), ("a.PNG", 100)):
        Image.new("L", (20, 10), shade).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture")
    return tmp_path


def pictures(folder, side=8) -> PictureFolder:
    return PictureFolder(folder=None if folder is None else str(folder), side=side, subject="the picture")


def test_pictures_come_in_the_order_of_their_names_as_squares_of_three_colours(folder):
    found = pictures(folder).images(np.array([0, 1]))
    assert found.shape == (2, 3, 8, 8)
    assert found[:, 0, 0, 0].tolist() == [100, 200]


def test_the_middle_is_kept(tmp_path):
    wide = np.zeros((10, 30, 3), np.uint8)
    wide[:, 10:20] = 255
    Image.fromarray(wide).save(tmp_path / "a.png")
    assert pictures(tmp_path, 10).images(np.array([0])).min() == 255


def test_without_a_folder_there_are_none():
    assert len(pictures(None)) == 0
    assert pictures(None).images(np.array([], int)).shape == (0, 3, 8, 8)


def test_nobody_knows_the_factors(folder):
    assert pictures(folder).factors == ()
    assert pictures(folder).classes(np.array([0, 1])).shape == (2, 0)
    with pytest.raises(DataError, match="factors are known"):
        pictures(folder).index(np.zeros((1, 0), int))


def test_other_pixels_have_another_fingerprint(folder):
    before = pictures(folder).fingerprint
    Image.new("L", (20, 10), 101).save(folder / "a.PNG")
    assert pictures(folder).fingerprint != before


def test_a_folder_without_pictures_is_an_error(tmp_path):
    with pytest.raises(DataError, match="expected pictures"):
        len(pictures(tmp_path))


def test_a_file_that_is_no_picture_is_an_error(tmp_path):
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"a\.png: expected a picture"):
        pictures(tmp_path).images(np.array([0]))


def test_it_is_a_dataset(folder):
    assert isinstance(pictures(folder), Dataset)
