import numpy as np
import pytest
from omegaconf import OmegaConf

from bench.build import build
from bench.explainers.polarity import Polarity
from bench.shipped import shipped


@pytest.fixture(scope="module")
def polarity() -> Polarity:
    return build(OmegaConf.to_container(OmegaConf.load(shipped("conf", "polarity", "english.yaml"))))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("The shape grows from left to right.", {"size": 1}),
        ("It SHRINKS steadily", {"size": -1}),
        ("The object moves to the left from left to right", {"across": -1}),
        ("The object moves from left to right", {"across": 1}),
        ("It turns counter-clockwise", {"turn": -1}),
        ("It turns clockwise and moves upwards", {"turn": 1, "along": 1}),
        ("The size increases", {"size": 1}),
        ("The brightness increases", {"amount": 1}),
        ("It does not grow", {}),
        ("It grows and then shrinks", {}),
        ("The colour changes", {}),
        ("", {}),
    ],
)
def test_reads_the_directions_of_an_answer(polarity: Polarity, answer: str, told: dict[str, int]) -> None:
    assert polarity.directions(answer) == told


def test_opposites_are_found_both_ways_and_never_with_oneself(polarity: Polarity) -> None:
    opposed = polarity.opposed(["It grows", "It gets smaller", "It moves left"])
    assert opposed.tolist() == [[False, True, False], [True, False, False], [False, False, False]]


def test_one_opposite_direction_is_enough(polarity: Polarity) -> None:
    assert polarity.opposed(["It grows and moves up", "It grows and moves down"])[0, 1]


def test_no_answers_have_no_opposites(polarity: Polarity) -> None:
    assert polarity.opposed([]).shape == (0, 0)


def test_without_phrases_nothing_is_opposed() -> None:
    assert not np.any(Polarity(opposites={}, ignored=(), denials=()).opposed(["up", "down"]))
