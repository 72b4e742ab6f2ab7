"""3D Shapes (Burgess and Kim, 2018) from the official file, fetched once if it is not there yet.

HDF5 keeps images in compressed chunks, so that one image may cost the reading of thousands. They are unpacked once, image by image,
into a file of about the same size as the official one (5.9 GB as plain bytes), which is memory-mapped from then on.
"""

import hashlib
import math
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np
from jaxtyping import Int, UInt8
from numpy import ndarray

from bench.artifacts import Factor
from bench.component import component
from bench.datasets.download import download, draft, verify
from bench.datasets.grid import classes_at, index_of, sample_digest
from bench.datasets.hdf5 import blocks
from bench.datasets.rows import Rows, open_rows, write_rows
from bench.datasets.shapes3d import FACTORS, SIDE, SIZES
from bench.datasets.vocabulary import Vocabulary, load_vocabulary
from bench.errors import DataError

IMAGE = (SIDE, SIDE, 3)
ROWS = 4_096  # images unpacked at a time
LIMIT = 1 << 29  # bytes; the official file has half of that


@component
class Shapes3DFile:
    """The official images, at the same indices as `Shapes3D`.

    `path` is the `.h5` file, fetched from `url` when nothing is there; `checksum` (see `verify`) is that of its bytes, or `None`
    to accept any file of the right structure. The unpacked images go to `folder`. Reading raises `DataError` for a bad file.
    """

    version: ClassVar[int] = 1
    url: str
    checksum: str | None
    path: str
    folder: str
    timeout: float

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The six factors in official order. Hues go round a circle, of which the last class stops one step short."""
        return FACTORS

    @property
    def vocabulary(self) -> Vocabulary:
        """How people name the factors."""
        return load_vocabulary("shapes3d")

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over a sample of the images: equal for two sources whose sampled pixels are equal."""
        return sample_digest(self.images, SIZES)

    def __len__(self) -> int:
        return math.prod(SIZES)

    def images(self, index: Int[ndarray, " n"]) -> UInt8[ndarray, "n channels height width"]:
        """Three channels, red, green and blue. An index outside the grid raises `ValueError`."""
        classes_at(index, SIZES)  # refuses negative indices, which numpy would count from the end
        return np.ascontiguousarray(self._rows[index].reshape(-1, *IMAGE).transpose(0, 3, 1, 2))

    def classes(self, index: Int[ndarray, " n"]) -> Int[ndarray, "n factors"]:
        """The class of each factor, from 0. An index outside the grid raises `ValueError`."""
        return classes_at(index, SIZES)

    def index(self, classes: Int[ndarray, "n factors"]) -> Int[ndarray, " n"]:
        """The inverse of `classes`. A class outside the grid raises `ValueError`."""
        return index_of(classes, SIZES)

    @cached_property
    def _rows(self) -> Rows:
        from filelock import FileLock

        path, folder = Path(self.path), Path(self.folder)
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{path.name}.lock"):
            if not path.exists():
                download(self.url, path, self.checksum, self.timeout, LIMIT)
            verify(path, self.checksum)
            unpacked = folder / f"{path.stem}.{_digest(path)[:16]}.rows"
            if not unpacked.exists():
                _check_order(path)
                with draft(unpacked) as (file, _):
                    write_rows(file, blocks(path, "images", "uint8", (math.prod(SIZES), *IMAGE), ROWS))
        return open_rows(unpacked, math.prod(SIZES), math.prod(IMAGE))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_order(path: Path) -> None:
    """Raise `DataError` unless row i of the file holds the values of the factors at index i."""
    values = [np.arange(len(f.values)) if f.kind == "categorical" else np.array(f.values) for f in FACTORS]
    start = 0
    for found in blocks(path, "labels", "float64", (math.prod(SIZES), len(SIZES)), ROWS):
        classes = classes_at(np.arange(start, start + len(found)), SIZES)
        expected = np.stack([of_factor[classes[:, i]] for i, of_factor in enumerate(values)], axis=1)
        wrong = np.flatnonzero(~(np.abs(found - expected) < 1e-3).all(axis=1))
        if wrong.size:
            raise DataError(
                f"{path}: expected the official order, got labels {found[wrong[0]].round(4).tolist()} at index "
                f"{start + wrong[0]}; put the official file there"
            )
        start += len(found)
