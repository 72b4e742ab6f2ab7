"""IDX files, the format of MNIST: a few big-endian numbers, then bytes; plain or deflated by gzip."""

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from bench.errors import DataError

BYTES = 0x08  # the only type of number that is read


def read_idx(path: Path, rank: int) -> UInt8[ndarray, "..."]:
    """The array of `rank` axes in a file. Raises `DataError` for one that is damaged, cut short or too long, or of another type.

    The layout is that of the MNIST page: two zero bytes, the type, the rank, a 32-bit size for each axis, then the numbers.
    """
    raw = _bytes(path)
    start = 4 + 4 * rank
    if len(raw) < start or raw[:4] != bytes((0, 0, BYTES, rank)):
        begins = raw[:4].hex() or "nothing"
        raise DataError(f"{path}: expected an IDX file of bytes with {rank} axes, it begins with {begins}; fetch it again")
    shape, given = struct.unpack(f">{rank}I", raw[4:start]), len(raw) - start
    if given != math.prod(shape):
        raise DataError(f"{path}: expected {math.prod(shape)} bytes for an array of {shape}, got {given}; fetch it again")
    return np.frombuffer(raw, np.uint8, offset=start).reshape(shape)


def _bytes(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: expected an IDX file, got {type(error).__name__}: {error}; fetch it again") from error
