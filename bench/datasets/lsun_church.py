"""LSUN churches (Yu et al., arXiv 1506.03365), from the official LMDB database or from a folder of pictures."""

from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np
from jaxtyping import Int, UInt8
from numpy import ndarray

from bench.artifacts import Factor
from bench.component import component
from bench.datasets.lmdb_pictures import is_database, of_database
from bench.datasets.picture_steps import Step
from bench.datasets.pictures import Pictures, checked, listed, no_lookup, of_files
from bench.datasets.vocabulary import Vocabulary, load_vocabulary

LAYOUT = "an LMDB database such as church_outdoor_train_lmdb (data.mdb, lock.mdb), or pictures"


@component
class LSUNChurch:
    """The pictures of the database or folder at `path`, by key or name. Nothing but the picture is known, so there are no factors.

    Reading raises `DataError` where they are missing or damaged, and `ConfigError` for a database without the package lmdb.
    """

    version: ClassVar[int] = 1
    path: str
    steps: tuple[Step, ...]

    @property
    def factors(self) -> tuple[Factor, ...]:
        """None is known."""
        return ()

    @property
    def vocabulary(self) -> Vocabulary:
        """What people say of photographs of churches."""
        return load_vocabulary("lsun_church")

    @property
    def fingerprint(self) -> str:
        """SHA-256 over a sample of the prepared pictures."""
        return self._pictures.fingerprint

    def __len__(self) -> int:
        return len(self._pictures.names)

    def images(self, index: Int[ndarray, " n"]) -> UInt8[ndarray, "n channels height width"]:
        """Three channels, red, green and blue. An index outside the dataset raises `ValueError`."""
        return self._pictures(index)

    def classes(self, index: Int[ndarray, " n"]) -> Int[ndarray, "n factors"]:
        """No column, since there is no factor. An index outside the dataset raises `ValueError`."""
        return np.zeros((len(checked(index, len(self))), 0), np.int64)

    def index(self, classes: Int[ndarray, "n factors"]) -> Int[ndarray, " n"]:  # noqa: ARG002
        """Raises `ConfigError`: nobody knows any factor."""
        raise no_lookup("lsun_church")

    @cached_property
    def _pictures(self) -> Pictures:
        path = Path(self.path)
        return of_database(path, self.steps) if is_database(path) else of_files(listed(path, LAYOUT), self.steps)
