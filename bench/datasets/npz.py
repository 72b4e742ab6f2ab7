"""Members of an `.npz` file, read block by block. What a member declares is checked before it is inflated; nothing is unpickled."""

import math
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy import ndarray
from numpy.lib import format as npy

from bench.errors import DataError


def checksums(archive: Path, *names: str) -> str:
    """The CRC-32 that the archive declares for each member: a cheap name for what it holds."""
    with _faults(archive), zipfile.ZipFile(archive) as file:
        return "-".join(f"{file.getinfo(f'{name}.npy').CRC:08x}" for name in names)


def blocks(archive: Path, name: str, dtype: str, shape: tuple[int, ...], rows: int) -> Iterator[ndarray]:
    """The array `name` in blocks of `rows` along its first axis, so that memory stays small whatever the file holds.

    Raises `DataError` when the file is truncated, damaged or no archive, and when the member is missing, pickled, or of another
    type, shape or size.
    """
    width = math.prod(shape[1:]) * np.dtype(dtype).itemsize
    with _faults(archive), zipfile.ZipFile(archive) as file, file.open(f"{name}.npy") as stream:
        assert isinstance(stream, zipfile.ZipExtFile)
        _check_header(stream, archive, name, dtype, shape)
        if file.getinfo(f"{name}.npy").file_size != stream.tell() + shape[0] * width:
            raise ValueError(f"{name} of {file.getinfo(f'{name}.npy').file_size} bytes in all")
        for start in range(0, shape[0], rows):
            count = min(rows, shape[0] - start)
            yield np.frombuffer(_exactly(stream, count * width), dtype).reshape(count, *shape[1:])


def _check_header(stream: zipfile.ZipExtFile, archive: Path, name: str, dtype: str, shape: tuple[int, ...]) -> None:
    if (version := npy.read_magic(stream)) != (1, 0):  # later versions allow headers of gigabytes
        raise ValueError(f"{name} in version {version} of the npy format")
    found_shape, fortran, found_dtype = npy.read_array_header_1_0(stream)
    if (found_shape, fortran, found_dtype) != (shape, False, np.dtype(dtype)):
        raise DataError(
            f"{archive}: expected {name} to be {np.dtype(dtype)} {shape} in C order, got {found_dtype} {found_shape}"
            f"{' in Fortran order' if fortran else ''}; put the official file there"
        )


def _exactly(stream: zipfile.ZipExtFile, count: int) -> bytes:
    raw = stream.read(count)
    if len(raw) != count:
        raise EOFError(f"{len(raw)} bytes where {count} should follow")
    return raw


@contextmanager
def _faults(archive: Path) -> Iterator[None]:
    """Turn what zipfile, zlib and numpy raise on bad bytes into one `DataError`."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError, RuntimeError, OSError) as error:
        raise DataError(
            f"{archive}: expected a whole .npz file, got {type(error).__name__}: {error}; delete it and fetch it again"
        ) from error
