import numpy as np
import pytest
import yaml
from photographs import STEPS, colours, plain
from PIL import Image

from bench.build import build
from bench.datasets.celeba_hq import CelebAHQ
from bench.datasets.picture_steps import CentralCrop, Resize
from bench.errors import ConfigError, DataError
from bench.interfaces import Dataset
from bench.shipped import shipped

TABLE = "image_id,Bangs,Smiling\n000003.jpg,1,-1\n000001.jpg,-1,-1\n000002.jpg,-1,1\n"


def reader(folder, split="train", table="attributes.csv", steps=STEPS):
    return CelebAHQ(path=str(folder), split=split, attributes=str(folder / table), steps=steps)


@pytest.fixture
def folder(tmp_path):
    """Two pictures of training and one of validation, in the folders of StarGAN v2."""
    plain(tmp_path / "train" / "female" / "000001.png", (200, 0, 0))
    plain(tmp_path / "train" / "male" / "000003.png", (0, 200, 0))
    plain(tmp_path / "val" / "male" / "000002.png", (0, 0, 200))
    (tmp_path / "attributes.csv").write_text(TABLE)
    return tmp_path


def test_it_is_a_dataset(folder):
    assert isinstance(reader(folder), Dataset)


def test_pictures_come_by_path_and_split(folder):
    assert colours(reader(folder).images(np.array([1, 0]))) == [(0, 200, 0), (200, 0, 0)]
    assert colours(reader(folder, "val").images(np.array([0]))) == [(0, 0, 200)]
    assert [len(reader(folder, split)) for split in ("train", "val")] == [2, 1]


def test_attributes_follow_the_file_name_and_are_0_or_1(folder):
    assert [factor.name for factor in reader(folder).factors] == ["Bangs", "Smiling"]
    assert reader(folder).classes(np.array([0, 1])).tolist() == [[0, 0], [1, 0]]
    assert reader(folder, "val").classes(np.array([0])).tolist() == [[0, 1]]


def test_the_official_text_file_says_the_same(folder):
    (folder / "official.txt").write_text("3\nBangs Smiling\n000001.jpg  -1 -1\n000002.jpg  -1  1\n000003.jpg   1 -1\n")
    assert reader(folder, table="official.txt").factors == reader(folder).factors
    assert np.array_equal(reader(folder, table="official.txt").classes(np.arange(2)), reader(folder).classes(np.arange(2)))


def test_a_picture_without_a_row_is_named(folder):
    plain(folder / "train" / "000009.png", (1, 1, 1))
    with pytest.raises(DataError, match=r"none for 1, such as 000009\.png"):
        reader(folder).classes(np.array([0]))


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("image_id,Bangs\n000001.jpg,2\n", "'2' is neither"),
        ("image_id,Bangs\n000001.jpg,1,1\n", "2 values for 1 attributes"),
        ("image_id,Bangs\n000001.jpg,1\n000001.png,1\n", "two rows"),
        ("image_id,Bangs,Bangs\n000001.jpg,1,1\n", "named twice"),
        ("image_id,Bangs\n", "0 rows"),
        ("", "0 attributes"),
    ],
)
def test_faults_of_the_table_are_told(folder, table, fault):
    (folder / "attributes.csv").write_text(table)
    with pytest.raises(DataError, match=fault):
        reader(folder).classes(np.array([0]))


def test_a_missing_table_is_named(folder):
    with pytest.raises(DataError, match=r"nowhere\.csv"):
        _ = reader(folder, table="nowhere.csv").factors


@pytest.mark.parametrize("made", [False, True])
def test_missing_pictures_are_told_with_the_layout(tmp_path, made):
    if made:
        (tmp_path / "train").mkdir()
    with pytest.raises(DataError, match=r"<path>/train and <path>/val"):
        len(reader(tmp_path))


@pytest.mark.parametrize("content", [b"", b"no picture", None])
def test_a_damaged_picture_is_named(folder, content):
    path = folder / "train" / "male" / "000003.png"
    path.write_bytes(path.read_bytes()[:-30] if content is None else content)
    with pytest.raises(DataError, match=r"000003\.png: expected a whole picture"):
        reader(folder).images(np.array([0, 1]))


def test_pictures_of_another_shape_are_named(folder):
    plain(folder / "train" / "male" / "000003.png", (0, 0, 0), (20, 12))
    with pytest.raises(DataError, match=r"000003\.png: expected 8 by 8 pixels .*, got 13 by 8"):
        reader(folder, steps=(Resize(side=8),)).images(np.array([1]))


def test_grey_pictures_have_three_channels(folder):
    Image.new("L", (12, 12), 77).save(folder / "train" / "female" / "000001.png")
    assert colours(reader(folder).images(np.array([0]))) == [(77, 77, 77)]


@pytest.mark.parametrize("index", [-1, 2])
def test_an_index_outside_is_refused(folder, index):
    for ask in (reader(folder).images, reader(folder).classes):
        with pytest.raises(ValueError, match="from 0 to 1"):
            ask(np.array([index]))


def test_nothing_can_be_looked_up_by_attributes(folder):
    with pytest.raises(ConfigError, match=r"model\.truth to null"):
        reader(folder).index(np.array([[0, 1]]))


def test_the_fingerprint_follows_the_pixels(folder):
    before = reader(folder).fingerprint
    assert reader(folder).fingerprint == before
    plain(folder / "train" / "male" / "000003.png", (0, 201, 0))
    assert reader(folder).fingerprint != before


def test_a_crop_is_central():
    picture = Image.fromarray(np.arange(36, dtype=np.uint8).reshape(6, 6))
    assert np.asarray(CentralCrop(side=2)(picture)).tolist() == [[14, 15], [20, 21]]
    assert CentralCrop(side=4)(picture.crop((0, 0, 6, 3))).size == (4, 3)


def test_a_resize_keeps_the_proportions():
    assert Resize(side=10)(Image.new("RGB", (40, 20))).size == (20, 10)


def test_the_shipped_steps_are_those_of_the_published_csvae(folder):
    picture = np.zeros((1024, 1024, 3), np.uint8)
    picture[128:896, 128:896] = 255  # what stays of 1024 when the central 192 of 256 are cut out
    Image.fromarray(picture).save(folder / "train" / "female" / "000001.png")
    node = yaml.safe_load((shipped("conf") / "dataset" / "celeba_hq.yaml").read_text())
    found = build(node | {"path": str(folder), "attributes": str(folder / "attributes.csv")}).images(np.array([0]))
    assert found.shape == (1, 3, 64, 64)
    assert (found[:, :, 1:-1, 1:-1] == 255).all()
