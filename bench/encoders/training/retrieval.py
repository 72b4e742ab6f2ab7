"""How often a joint encoder finds the right caption of a picture whose combination of values was never trained."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int, UInt8
from numpy import ndarray
from numpy.random import Generator, default_rng

from bench.encoders.training.scenes import Scenes
from bench.encoders.training.words import POSES_OF, UNSAID
from bench.interfaces import JointEncoder

PICTURES = 4  # of each combination


@dataclass(frozen=True)
class Found:
    """Shares in [0, 1] of pictures with the right caption.

    `among_all` and `new_wordings`: among one caption for each of the held-out combinations, in trained and in held-out wordings.
    `by_property`: among captions that differ from the right one in the value of one property (chance: one by its number of values).
    """

    among_all: float
    new_wordings: float
    by_property: Mapping[str, float]

    def text(self, name: str) -> str:
        """One line for people."""
        single = ", ".join(f"{key} {share:.3f}" for key, share in self.by_property.items())
        return f"{name}: among all {self.among_all:.3f}, held-out wordings {self.new_wordings:.3f}; by property: {single}"


def found(scenes: Scenes, encoder: JointEncoder, seed: int = 1) -> Found:
    """Measure on the held-out combinations of one dataset."""
    seen = encoder.images(_pictures(scenes, default_rng(seed)))[::PICTURES].astype(np.float64)
    single = {name: _single(scenes, encoder, seen, column, seed) for column, name in enumerate(scenes.wording.words)}
    return Found(among_all(scenes, encoder, seed), among_all(scenes, encoder, seed, new_wordings=True), single)


def among_all(scenes: Scenes, encoder: JointEncoder, seed: int = 1, new_wordings: bool = False) -> float:
    """The share of pictures whose own caption is the nearest among one for each held-out combination."""
    rng = default_rng(seed)
    seen = encoder.images(_pictures(scenes, rng)).astype(np.float64)
    texts = [scenes.say(one, rng, new_wordings) for one in scenes.held_out]
    right = np.repeat(np.arange(len(texts)), PICTURES)
    return float(((seen @ encoder.texts(texts).T).argmax(1) == right).mean())


def _pictures(scenes: Scenes, rng: Generator) -> UInt8[ndarray, "n channels height width"]:
    return np.concatenate([scenes.of(one, PICTURES, rng) for one in scenes.held_out])


def _single(scenes: Scenes, encoder: JointEncoder, seen: Float64[ndarray, "n dims"], column: int, seed: int) -> float:
    """The share of pictures whose caption beats all that differ in one property, in the same wording otherwise."""
    hits = []
    for row, (picture, one) in enumerate(zip(seen, scenes.held_out, strict=True)):
        values = _alternatives(scenes, one, column)
        texts = [scenes.say(_changed(scenes, one, column, value), default_rng([seed, row])) for value in values]
        hits.append(values[int((encoder.texts(texts) @ picture).argmax())] == one[column])
    return float(np.mean(hits))


def _alternatives(scenes: Scenes, one: Int[ndarray, " properties"], column: int) -> list[int]:
    name = [*scenes.wording.words][column]
    if name == "pose":
        first, poses, _ = POSES_OF[one[0]]
        return [*range(first, first + poses)]
    return [*range(len(scenes.wording.words[name]))]


def _changed(scenes: Scenes, one: Int[ndarray, " properties"], column: int, value: int) -> Int[ndarray, " properties"]:
    changed = one.copy()
    changed[column] = value
    names = [*scenes.wording.words]
    if names[column] == "shape" and "pose" in names:
        changed[names.index("pose")] = UNSAID  # a pose tells of which shape it is
    return changed
