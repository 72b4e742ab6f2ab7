"""Rendered scenes, some of them damaged: every defective pixel is known, and nothing has to be downloaded."""

from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy import ndarray
from pydantic import Field

from bench.component import component
from bench.datasets.damage import blot, gap, grain, scratch
from bench.datasets.inspected import Stock
from bench.errors import ConfigError
from bench.interfaces import Dataset

Kind = Literal["scratch", "blot", "gap", "grain"]
Paint = Callable[[ndarray, np.random.Generator], ndarray]
PAINT: Mapping[Kind, Paint] = {"scratch": scratch, "blot": blot, "gap": gap, "grain": grain}
ORDER, DAMAGE = 42, 43  # first numbers of seeds


@component
class Defects:
    """`learnt` pictures of a dataset to learn from, and `inspected` others, every second of which has a defect of `kinds` in turn.

    A mask is what differs from the undamaged picture, to the pixel. Which pictures, and what happens to them, is drawn by `seed`.
    """

    version: ClassVar[int] = 1
    of: Dataset
    learnt: Annotated[int, Field(gt=0)]
    inspected: Annotated[int, Field(gt=1)]
    kinds: tuple[Kind, ...]
    seed: Annotated[int, Field(ge=0)]

    def __post_init__(self) -> None:
        if len(self.of) < self.learnt + self.inspected:
            raise ConfigError(
                f"learnt, inspected: expected no more than the {len(self.of)} pictures of the dataset, "
                f"got {self.learnt} + {self.inspected}"
            )
        if not self.kinds:
            raise ConfigError(f"kinds: expected some of {', '.join(PAINT)}, got none")

    @property
    def subject(self) -> str:
        """What the pictures show."""
        return "the scene"

    def read(self) -> Stock:
        """Pictures to learn from; and others, the first, the third, ... as they were drawn, the rest damaged."""
        drawn = np.random.default_rng([ORDER, self.seed]).choice(len(self.of), self.learnt + self.inspected, replace=False)
        whole = self.of.images(drawn[self.learnt :])
        tested = whole.copy()
        for place in range(1, len(whole), 2):
            paint = PAINT[self.kinds[place // 2 % len(self.kinds)]]
            tested[place] = paint(whole[place], np.random.default_rng([DAMAGE, self.seed, place]))
        return Stock(self.of.images(drawn[: self.learnt]), tested, (tested != whole).any(1))
