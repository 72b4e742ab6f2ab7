"""A small dataset with labels for a CSVAE: squares that are filled or hollow, at three levels of grey, in nine places."""

from dataclasses import dataclass, field

import numpy as np

from bench.artifacts import Factor
from bench.datasets.vocabulary import Vocabulary

SIZES = (2, 3, 9)


@dataclass(frozen=True)
class LabelledSquares:
    factors: tuple[Factor, ...] = (
        Factor("filling", "categorical", ("hollow", "filled")),
        Factor("grey", "ordered", (0.3, 0.6, 0.9)),
        Factor("place", "periodic", tuple(map(float, range(9)))),
    )
    vocabulary: Vocabulary = field(default_factory=lambda: Vocabulary("a square", ()))
    fingerprint: str = "labelled squares"

    def __len__(self):
        return 54

    def images(self, index):
        images = np.zeros((len(index), 1, 8, 8), np.uint8)
        for image, (filled, grey, place) in zip(images[:, 0], self.classes(index).tolist(), strict=True):
            top, left = (2 * part for part in divmod(place, 3))
            image[top : top + 4, left : left + 4] = round(255 * self.factors[1].values[grey])
            image[top + 1 : top + 3, left + 1 : left + 3] *= filled
        return images

    def classes(self, index):
        return np.stack(np.unravel_index(index, SIZES), 1)

    def index(self, classes):
        return np.ravel_multi_index(tuple(classes.T), SIZES)
