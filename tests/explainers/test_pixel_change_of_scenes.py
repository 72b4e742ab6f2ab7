import numpy as np
import pytest

from bench.datasets.shapes3d import Shapes3D
from tests.explainers.drawn import bias, shipped_explainer, traversal

SIZES = np.array([10, 10, 10, 8, 4, 15])
UNITS = 10


def said(factor: int | None) -> list[str | None]:
    """What is said of units that move one factor of Shapes3D over its range, each shown from four random references."""
    rng, dataset = np.random.default_rng(3), Shapes3D()
    texts = []
    for _ in range(UNITS):
        shown = []
        for _ in range(4):
            classes = np.repeat(rng.integers(SIZES)[None], 5, axis=0)
            if factor is not None:
                classes[:, factor] = np.rint(np.linspace(0, SIZES[factor] - 1, 5))
            shown.append(traversal(dataset.images(dataset.index(classes))))
        texts.append(shipped_explainer()(shown, bias(), 0).text)
    return texts


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (0, "The floor changes colour."),
        (1, "The wall changes colour."),
        (2, "The object changes its colour."),
        (3, "The object grows."),
        (4, "The object changes its shape."),
    ],
)
def test_a_factor_of_a_scene_moved_alone_is_said(factor, expected):
    assert said(factor).count(expected) > 0.85 * UNITS


def test_it_abstains_on_a_scene_that_stays():
    assert said(None).count(None) == UNITS
