"""A joint encoder that can be worked out by hand, and cases whose pictures it sees."""

import numpy as np

from bench.artifacts import Case, Explanation, Row, Traversal, Unit, UnitTraversals
from bench.datasets.vocabulary import load_vocabulary
from bench.metrics.before_after import BeforeAfter

WORDS = load_vocabulary("dsprites")
CAPTIONS = BeforeAfter(
    frames={"scale": "a {} object", "position_x": "on the {}", "shape": "a {}", "orientation": "an object {}"},
    series={"orientation": (("flat", "upright", "flat"),)},
)
AXES = {"small": 0, "large": 1, "left": 2, "right": 3, "square": 4, "ellipse": 5, "heart": 6, "flat": 7, "upright": 8}


class ByHand:
    """A text has one axis for each known word in it; a picture has the axes whose pixels are lit. It counts what it encodes."""

    def __init__(self):
        self.pictures = 0

    def texts(self, texts):
        return _unit(np.array([[word in text.split() for word in AXES] for text in texts], np.float32))

    def images(self, pictures):
        self.pictures += len(pictures)
        return _unit(pictures[:, 0, 0].astype(np.float32))


def picture(*words):
    made = np.zeros((1, 1, len(AXES)), np.uint8)
    made[0, 0, [AXES[word] for word in words]] = 1
    return made


def case(unit, text, *strips, failure=None):
    """`strips` are held out: pairs of what the first and the last picture show, in words."""
    made = tuple(strip(unit, number, *(picture(*shown.split()) for shown in ends)) for number, ends in enumerate(strips))
    explanation = Explanation(unit, text, failure=failure)
    return Case(UnitTraversals(Unit(unit, (0,)), (), made), None, explanation, WORDS)


def strip(unit, anchor, first, last):
    images = np.stack([first, last])[None]
    return Traversal(Unit(unit, (0,)), anchor, np.zeros(1, np.float32), np.zeros((1, 2, 1), np.float32), images, (Row((0,)),))


def _unit(rows):
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
