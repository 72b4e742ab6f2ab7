import numpy as np
import pytest
from photographs import STEPS, colours, plain

from bench.datasets.afhq import AFHQ
from bench.errors import ConfigError, DataError
from bench.interfaces import Dataset


def reader(folder, split="train", kinds=("cat", "dog", "wild")):
    return AFHQ(path=str(folder), split=split, kinds=kinds, steps=STEPS)


@pytest.fixture
def folder(tmp_path):
    """Two dogs and one animal of each other kind, and a validation folder of dogs."""
    for name, colour in {"cat/b.png": 10, "dog/a.png": 20, "dog/c.png": 30, "wild/a.png": 40}.items():
        plain(tmp_path / "train" / name, (colour, 0, 0))
    plain(tmp_path / "val" / "dog" / "z.png", (50, 0, 0))
    return tmp_path


def test_it_is_a_dataset(folder):
    assert isinstance(reader(folder), Dataset)


def test_pictures_come_kind_by_kind(folder):
    assert [colour[0] for colour in colours(reader(folder).images(np.arange(4)))] == [10, 20, 30, 40]
    assert reader(folder).classes(np.arange(4)).tolist() == [[0], [1], [1], [2]]


def test_the_kinds_that_are_asked_for_are_the_classes(folder):
    assert reader(folder, kinds=("wild", "dog")).factors[0].values == ("wild", "dog")
    assert reader(folder, kinds=("wild", "dog")).classes(np.arange(3)).tolist() == [[0], [1], [1]]
    assert len(reader(folder, "val", ("dog",))) == 1


def test_a_missing_kind_is_told_with_the_layout(folder):
    with pytest.raises(DataError, match=r"val/cat, found none; expected layout: .*cat, dog and wild"):
        len(reader(folder, "val"))


@pytest.mark.parametrize("index", [-1, 4])
def test_an_index_outside_is_refused(folder, index):
    for ask in (reader(folder).images, reader(folder).classes):
        with pytest.raises(ValueError, match="from 0 to 3"):
            ask(np.array([index]))


def test_nothing_can_be_looked_up(folder):
    with pytest.raises(ConfigError, match=r"model\.truth to null"):
        reader(folder).index(np.array([[0]]))
