"""Rows of bytes of one length in one memory-mapped file, each deflated by itself, so that any row is read without its neighbours.

The file holds the deflated rows and then, as little-endian int64, where each of them starts and where the last one ends.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from jaxtyping import Int, UInt8
from numpy import ndarray

from bench.errors import DataError

LEVEL = 1  # of zlib: rendered images shrink a little more at higher ones, and take several times as long


def write_rows(file: IO[bytes], blocks: Iterable[UInt8[ndarray, "n ..."]]) -> None:
    """Write all rows of the blocks, in order."""
    starts = [0]
    for block in blocks:
        for row in block.reshape(len(block), -1):
            starts.append(starts[-1] + file.write(zlib.compress(row.tobytes(), LEVEL)))
    file.write(np.array(starts, "<i8").tobytes())


@dataclass(frozen=True)
class Rows:
    """An open file of rows of `width` bytes. Build it with `open_rows`."""

    path: Path
    width: int
    deflated: UInt8[ndarray, " bytes"]
    starts: Int[ndarray, " bounds"]

    def __getitem__(self, index: Int[ndarray, " n"]) -> UInt8[ndarray, "n bytes"]:
        """The rows at an index. Raises `DataError` when one is damaged."""
        rows = np.empty((len(index), self.width), np.uint8)
        ends = zip(self.starts[index].tolist(), self.starts[index + 1].tolist(), strict=True)
        for row, (start, end) in zip(rows, ends, strict=True):
            row[:] = self._inflated(start, end)
        return rows

    def _inflated(self, start: int, end: int) -> ndarray:
        try:
            row = np.frombuffer(zlib.decompress(self.deflated[start:end].data, bufsize=self.width), np.uint8)
        except zlib.error as error:
            raise _damaged(self.path, str(error)) from error
        if len(row) != self.width:
            raise _damaged(self.path, f"a row of {len(row)} bytes")
        return row


def open_rows(path: Path, count: int, width: int) -> Rows:
    """Map a file of `count` rows of `width` bytes. Raises `DataError` when it is not such a file."""
    length = path.stat().st_size - 8 * (count + 1)
    if length <= 0:
        raise _damaged(path, f"{path.stat().st_size} bytes")
    whole = np.memmap(path, np.uint8, mode="r")
    starts = whole[length:].view("<i8")
    if starts[0] != 0 or starts[-1] != length or (np.diff(starts) <= 0).any():
        raise _damaged(path, f"{len(whole)} bytes that are no {count} rows")
    return Rows(path, width, whole[:length], starts)


def _damaged(path: Path, found: str) -> DataError:
    return DataError(f"{path}: expected whole unpacked rows, got {found}; delete the file to unpack them again")
