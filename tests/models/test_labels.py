import numpy as np
import pytest
from labelled import LabelledSquares

from bench.artifacts import Factor
from bench.errors import ConfigError
from bench.models.labels import Labels, chosen

DATA = LabelledSquares()


def test_labels_come_in_the_order_in_which_they_are_chosen():
    labels = chosen(DATA, ("place", "filling"))
    assert labels.sizes == (9, 2)
    assert np.array_equal(labels.classes(DATA, np.arange(54)), DATA.classes(np.arange(54))[:, [2, 0]])


def test_a_network_reads_categories_ranks_and_points_on_a_circle():
    filling, grey, place = chosen(DATA, ("filling", "grey", "place")).tables
    assert filling.tolist() == [[1, 0], [0, 1]]
    assert grey.tolist() == [[-1], [0], [1]]
    np.testing.assert_allclose(place[3], [np.cos(2 * np.pi / 3), np.sin(2 * np.pi / 3)], atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(place, axis=1), 1, atol=1e-6)


def test_attributes_are_values_of_categories_and_upper_halves_of_orders():
    labels = Labels((Factor("shape", "categorical", ("a", "b", "c")), Factor("size", "ordered", (1.0, 2.0, 3.0, 4.0, 5.0))), (0, 1))
    assert [attribute.label for attribute in labels.attributes] == [0, 0, 0, 1]
    assert [np.flatnonzero(attribute.holds).tolist() for attribute in labels.attributes] == [[0], [1], [2], [3, 4]]


def test_a_category_of_two_values_is_one_attribute():
    assert [a.holds.tolist() for a in chosen(DATA, ("filling",)).attributes] == [[False, True]]


def test_unknown_labels_are_named_with_the_known_ones():
    with pytest.raises(ConfigError, match=r"filling, grey, place\), got \['colour'\]"):
        chosen(DATA, ("grey", "colour"))


def test_a_repeated_label_is_refused():
    with pytest.raises(ConfigError, match="each factor once"):
        chosen(DATA, ("grey", "grey"))
