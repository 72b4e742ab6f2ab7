import numpy as np
import pytest

from bench.datasets.dsprites import DSprites
from bench.datasets.restricted import Restricted
from bench.errors import ConfigError
from bench.interfaces import Dataset


def restricted(**keep) -> Restricted:
    return Restricted(of=DSprites(), keep=keep)


def test_pictures_are_those_of_the_whole():
    part, whole = restricted(orientation=(0, 10), scale=(5,)), DSprites()
    classes = np.array([[0, 2, 0, 1, 31, 7]])
    np.testing.assert_array_equal(part.images(part.index(classes)), whole.images(whole.index(np.array([[0, 2, 5, 10, 31, 7]]))))


def test_it_has_as_many_pictures_as_combinations_that_are_kept():
    assert len(restricted(orientation=(0,))) == 3 * 6 * 32 * 32


def test_classes_and_index_are_inverse():
    part = restricted(shape=(0, 2), orientation=(0, 4, 8))
    index = np.random.default_rng(0).integers(0, len(part), 50)
    np.testing.assert_array_equal(part.index(part.classes(index)), index)


def test_a_periodic_factor_that_is_not_whole_is_ordered():
    kinds = {factor.name: (factor.kind, len(factor.values)) for factor in restricted(orientation=(0, 1, 2)).factors}
    assert kinds["orientation"] == ("ordered", 3)
    assert kinds["position_x"] == ("ordered", 32)


def test_a_factor_that_is_whole_stays_as_it_is():
    assert restricted(shape=(0,)).factors[3] == DSprites().factors[3]


def test_other_parts_have_other_fingerprints():
    assert restricted(orientation=(0,)).fingerprint != restricted(orientation=(5,)).fingerprint


def test_it_is_a_dataset():
    assert isinstance(restricted(), Dataset)


@pytest.mark.parametrize("keep", [{"hue": (0,)}, {"shape": ()}, {"shape": (3,)}, {"shape": (1, 0)}])
def test_classes_that_are_not_there_are_an_error(keep):
    with pytest.raises(ConfigError, match=r"keep: expected rising classes of one of color \(0 to 0\), shape \(0 to 2\)"):
        restricted(**keep)
