"""What can be said of a picture in a few words: properties with coarse values, and for each value the words of the vocabulary."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from bench.datasets.vocabulary import load_vocabulary

SYNONYMS = 3  # words taken from the vocabulary for each value, from its first one
UNSAID = -1  # between two values: people would say either, so captions say nothing

ACROSS = (("left", "far left"), ("center", "centre"), ("right", "far right"))
DOWN = (("top", "upper"), ("middle",), ("bottom", "lower"))
POSES = (
    ("straight", "level"),  # of the square
    ("on its corner", "like a diamond"),
    ("lying flat", "horizontal"),  # of the ellipse
    ("leaning right", "tilted right"),
    ("standing upright", "vertical"),
    ("leaning left", "tilted left"),
    ("pointing down", "with its tip down"),  # of the heart
    ("pointing right", "with its tip right"),
    ("pointing up", "upside down"),
    ("pointing left", "with its tip left"),
)
POSES_OF = ((0, 2, 4), (2, 4, 2), (6, 4, 1))  # by shape: the first pose, how many, and how often all come round in a full turn
VIEWS = (("left",), ("front",), ("right",))


@dataclass(frozen=True)
class Wording:
    """The properties of a dataset's pictures in order, with words for each value, and how values follow from classes."""

    words: Mapping[str, tuple[tuple[str, ...], ...]]
    values: Callable[[Int[ndarray, "n factors"]], Int[ndarray, "n properties"]]


def wordings() -> dict[str, Wording]:
    """By dataset."""
    sprites, rooms = _vocabulary("dsprites"), _vocabulary("shapes3d")
    plain = {"shape": sprites["shape"], "size": sprites["scale"], "across": ACROSS, "down": DOWN, "pose": POSES}
    room = {"floor": rooms["floor_hue"], "wall": rooms["wall_hue"], "hue": rooms["object_hue"]}
    room |= {"size": rooms["scale"], "shape": rooms["shape"], "view": VIEWS}
    return {"dsprites": Wording(plain, _sprite), "shapes3d": Wording(room, _room)}


def _vocabulary(name: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    known = load_vocabulary(name).factors
    return {words.factor: tuple(said[:SYNONYMS] for said in words.values.values()) for words in known}


def _sprite(classes: Int[ndarray, "n factors"]) -> Int[ndarray, "n properties"]:
    _, shape, scale, orientation, x, y = classes.T
    pose = np.select([shape == k for k in range(3)], [_pose(orientation, *turns) for turns in POSES_OF])
    return np.stack([shape, scale // 2, _third(x, 31), _third(y, 31), pose], axis=1)


def _room(classes: Int[ndarray, "n factors"]) -> Int[ndarray, "n properties"]:
    floor, wall, hue, scale, shape, orientation = classes.T
    return np.stack([floor, wall, hue, _third(scale, 7), shape, _third(orientation, 14)], axis=1)


def _third(classes: Int[ndarray, " n"], last: int) -> Int[ndarray, " n"]:
    """Low, middle or high; the classes about a third and two thirds of the way are neither."""
    share = classes / last
    low, middle, high = share < 0.28, np.abs(share - 0.5) < 0.13, share > 0.72
    return np.select([low, middle, high], [0, 1, 2], UNSAID)


def _pose(orientation: Int[ndarray, " n"], first: int, poses: int, rounds: int) -> Int[ndarray, " n"]:
    """The nearest pose; turns about half way between two are neither."""
    at = orientation / 39 * rounds * poses
    near = np.rint(at)
    return np.where(np.abs(at - near) < 0.3, first + near.astype(np.int64) % poses, UNSAID)
