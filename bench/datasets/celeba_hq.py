"""CelebA-HQ (Karras et al., ICLR 2018) from a folder: faces with 40 binary attributes each."""

from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np
from jaxtyping import Int, UInt8
from numpy import ndarray

from bench.artifacts import Factor
from bench.component import component
from bench.datasets.attribute_table import read_attributes
from bench.datasets.picture_steps import Step
from bench.datasets.pictures import Pictures, checked, listed, no_lookup, of_files
from bench.datasets.vocabulary import Vocabulary, load_vocabulary

LAYOUT = "<path>/train and <path>/val, each with pictures or folders of pictures, and a table of attributes with a row a picture"


@component
class CelebAHQ:
    """The pictures below `path/split`, by name, and a table of their `attributes` (see `read_attributes`). Not all combinations of
    attributes exist, so `index` raises. Reading raises `DataError` where pictures or rows are missing or damaged.
    """

    version: ClassVar[int] = 1
    path: str
    split: str
    attributes: str
    steps: tuple[Step, ...]

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """The attributes in the order of the table: 0 without, 1 with."""
        return tuple(Factor(name, "ordered", (0.0, 1.0)) for name in read_attributes(Path(self.attributes)).names)

    @property
    def vocabulary(self) -> Vocabulary:
        """How people name the attributes."""
        return load_vocabulary("celeba_hq")

    @property
    def fingerprint(self) -> str:
        """SHA-256 over a sample of the prepared pictures."""
        return self._pictures.fingerprint

    def __len__(self) -> int:
        return len(self._paths)

    def images(self, index: Int[ndarray, " n"]) -> UInt8[ndarray, "n channels height width"]:
        """Three channels, red, green and blue. An index outside the dataset raises `ValueError`."""
        return self._pictures(index)

    def classes(self, index: Int[ndarray, " n"]) -> Int[ndarray, "n factors"]:
        """1 for each attribute that the picture has, else 0. An index outside the dataset raises `ValueError`."""
        found: ndarray = self._classes[checked(index, len(self))]
        return found

    def index(self, classes: Int[ndarray, "n factors"]) -> Int[ndarray, " n"]:  # noqa: ARG002
        """Raises `ConfigError`: photographs cannot be looked up by their attributes."""
        raise no_lookup("celeba_hq")

    @cached_property
    def _paths(self) -> tuple[Path, ...]:
        return listed(Path(self.path) / self.split, LAYOUT)

    @cached_property
    def _pictures(self) -> Pictures:
        return of_files(self._paths, self.steps)

    @cached_property
    def _classes(self) -> ndarray:
        return np.array(read_attributes(Path(self.attributes)).of(self._paths), np.int64)
