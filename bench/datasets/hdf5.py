"""Arrays of an HDF5 file, read block by block. What an array declares is checked before it is read; nothing outside the file is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy import ndarray

from bench.errors import DataError

if TYPE_CHECKING:
    from h5py import Dataset, File

MOST = 4  # times the rows asked for, at most


def blocks(path: Path, name: str, dtype: str, shape: tuple[int, ...], rows: int) -> Iterator[ndarray]:
    """The array `name` in blocks of about `rows` along its first axis: a whole layer of chunks where that is not much more.

    Raises `DataError` when the file is truncated, damaged or no HDF5, and when the array is missing, or of another type or shape.
    """
    import h5py

    with _faults(path), h5py.File(path, "r") as file:
        array = _array(file, path, name)
        if (array.dtype, array.shape) != (np.dtype(dtype), shape):
            raise DataError(
                f"{path}: expected {name} to be {dtype} {shape}, got {array.dtype} {array.shape}; put the official file there"
            )
        step = min(max(rows, (array.chunks or shape)[0]), MOST * rows)
        for start in range(0, shape[0], step):
            yield array[start : start + step]


def _array(file: "File", path: Path, name: str) -> "Dataset":
    """An array that lies in the file itself: links and external storage could read any other file of this machine."""
    from h5py import Dataset, HardLink

    found = file[name] if isinstance(file.get(name, getlink=True), HardLink) else None
    if not isinstance(found, Dataset) or found.external or found.is_virtual:
        raise DataError(f"{path}: expected an array {name} in it, got {', '.join(file) or 'nothing'}; put the official file there")
    return found


@contextmanager
def _faults(path: Path) -> Iterator[None]:
    """Turn what h5py raises on bad bytes into one `DataError`."""
    try:
        yield
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        raise DataError(
            f"{path}: expected a whole HDF5 file, got {type(error).__name__}: {error}; delete it and fetch it again"
        ) from error
