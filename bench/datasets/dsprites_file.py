"""dSprites (Matthey et al., 2017) from the official file, fetched once if it is not there yet.

The file's images are unpacked once, as bits (377 MB where bytes would take 3 GB), and memory-mapped from then on.
"""

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
from bench.datasets.dsprites import FACTORS, SIDE, SIZES, grid_classes, grid_index, sample_digest
from bench.datasets.npz import blocks, checksums
from bench.datasets.vocabulary import Vocabulary, load_vocabulary
from bench.errors import DataError

COUNT = math.prod(SIZES)
ROWS = 4096  # images unpacked at a time
LIMIT = 1 << 28  # bytes; the official file has a tenth of that
BITS = (COUNT, SIDE * SIDE // 8)


@component
class DSpritesFile:
    """The official images, at the same indices as `DSprites`.

    `path` is the `.npz` file, fetched from `url` when nothing is there; `checksum` (see `verify`) is that of its bytes, or `None`
    to accept any file of the right structure. The unpacked bits go to `folder`. Reading raises `DataError` for a bad file.
    """

    version: ClassVar[int] = 1
    url: str
    checksum: str | None
    path: str
    folder: str
    timeout: float

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The six factors in official order. The two ends of `orientation` look the same."""
        return FACTORS

    @property
    def vocabulary(self) -> Vocabulary:
        """How people name the factors."""
        return load_vocabulary("dsprites")

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over a sample of the images: equal for two sources whose sampled pixels are equal."""
        return sample_digest(self.images)

    def __len__(self) -> int:
        return COUNT

    def images(self, index: Int[ndarray, " n"]) -> UInt8[ndarray, "n channels height width"]:
        """One channel, 0 or 255. An index outside the grid raises `ValueError`."""
        grid_classes(index)  # refuses negative indices, which numpy would count from the end
        bits = np.unpackbits(self._bits[index], axis=1) * np.uint8(255)
        return bits.reshape(-1, 1, SIDE, SIDE)

    def classes(self, index: Int[ndarray, " n"]) -> Int[ndarray, "n factors"]:
        """The class of each factor, from 0. An index outside the grid raises `ValueError`."""
        return grid_classes(index)

    def index(self, classes: Int[ndarray, "n factors"]) -> Int[ndarray, " n"]:
        """The inverse of `classes`. A class outside the grid raises `ValueError`."""
        return grid_index(classes)

    @cached_property
    def _bits(self) -> ndarray:
        from filelock import FileLock

        path, folder = Path(self.path), Path(self.folder)
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{path.name}.lock"):
            if not path.exists():
                download(self.url, path, self.checksum, self.timeout, LIMIT)
            verify(path, self.checksum)
            unpacked = folder / f"{path.stem}.{checksums(path, 'imgs', 'latents_classes')}.npy"
            if not unpacked.exists():
                _check_order(path)
                _unpack(path, unpacked)
        return _mapped(unpacked)


def _check_order(archive: Path) -> None:
    """Raise `DataError` unless row i of the file holds the classes of index i."""
    start = 0
    for found in blocks(archive, "latents_classes", "<i8", (COUNT, len(SIZES)), ROWS):
        wrong = np.flatnonzero((found != grid_classes(np.arange(start, start + len(found)))).any(axis=1))
        if wrong.size:
            raise DataError(
                f"{archive}: expected the official order, got classes {found[wrong[0]].tolist()} at index {start + wrong[0]}; "
                "put the official file there"
            )
        start += len(found)


def _unpack(archive: Path, unpacked: Path) -> None:
    """Write the images as bits, most significant bit first, eight pixels of a line a byte."""
    with draft(unpacked) as (file, _):
        np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": BITS})
        for images in blocks(archive, "imgs", "|u1", (COUNT, SIDE, SIDE), ROWS):
            if images.max() > 1:
                raise DataError(f"{archive}: expected pixels 0 and 1, got {images.max()}; put the official file there")
            file.write(np.packbits(images.reshape(len(images), -1), axis=1).tobytes())


def _mapped(unpacked: Path) -> ndarray:
    try:
        bits: ndarray = np.load(unpacked, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise DataError(f"{unpacked}: expected whole unpacked images, got {error}; delete the file to unpack them again") from error
    if bits.shape != BITS or bits.dtype != np.uint8:
        raise DataError(f"{unpacked}: expected uint8 {BITS}, got {bits.dtype} {bits.shape}; delete the file to unpack it again")
    return bits
