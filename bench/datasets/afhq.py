"""AFHQ (Choi et al., CVPR 2020) from a folder: faces of cats, dogs and wild animals."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import numpy as np
from jaxtyping import Int, UInt8
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Factor
from bench.component import component
from bench.datasets.picture_steps import Step
from bench.datasets.pictures import Pictures, checked, listed, no_lookup, of_files
from bench.datasets.vocabulary import Vocabulary, load_vocabulary

LAYOUT = "<path>/train and <path>/val (test in version 2), each with the folders cat, dog and wild"


@component
class AFHQ:
    """The pictures of these `kinds` below `path/split`, kind by kind.

    Reading raises `DataError` where they are missing or damaged.
    """

    version: ClassVar[int] = 1
    path: str
    split: str
    kinds: Annotated[tuple[Literal["cat", "dog", "wild"], ...], Field(min_length=1)]
    steps: tuple[Step, ...]

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The kind of animal; all else of a photograph is unknown."""
        return (Factor("kind", "categorical", self.kinds),)

    @property
    def vocabulary(self) -> Vocabulary:
        """How people name kinds of animals."""
        return load_vocabulary("afhq")

    @property
    def fingerprint(self) -> str:
        """SHA-256 over a sample of the prepared pictures."""
        return self._pictures.fingerprint

    def __len__(self) -> int:
        return sum(map(len, self._paths))

    def images(self, index: Int[ndarray, " n"]) -> UInt8[ndarray, "n channels height width"]:
        """Three channels, red, green and blue. An index outside the dataset raises `ValueError`."""
        return self._pictures(index)

    def classes(self, index: Int[ndarray, " n"]) -> Int[ndarray, "n factors"]:
        """The kind of each picture. An index outside the dataset raises `ValueError`."""
        ends = np.cumsum([len(paths) for paths in self._paths])
        return np.searchsorted(ends, checked(index, len(self)), side="right")[:, None]

    def index(self, classes: Int[ndarray, "n factors"]) -> Int[ndarray, " n"]:  # noqa: ARG002
        """Raises `ConfigError`: photographs cannot be looked up by what they show."""
        raise no_lookup("afhq")

    @cached_property
    def _paths(self) -> tuple[tuple[Path, ...], ...]:
        return tuple(listed(Path(self.path) / self.split / kind, LAYOUT) for kind in self.kinds)

    @cached_property
    def _pictures(self) -> Pictures:
        return of_files([path for paths in self._paths for path in paths], self.steps)
