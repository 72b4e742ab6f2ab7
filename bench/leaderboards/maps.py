"""The maps of a submission: `<name>.maps.npz` beside its rows, named by their digests, so that none can be swapped or changed.

A zip archive of arrays, `<digest>/index.npy`, `<digest>/maps.npy` and `<digest>/redrawn.npy`, as they came: neither scaled nor
rounded, since scores are recomputed from them to the last bit. Nothing in it is unpickled or unpacked to the disk.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy import ndarray

from bench.attention.record import Attention
from bench.errors import DataError

LARGEST, UNPACKED = 64 * 2**20, 512 * 2**20  # bytes of the archive, and of all that is in it
PARTS = {"index": ("<i8", 1), "maps": ("<f4", 3), "redrawn": ("<f4", 3)}  # the type and the number of axes of each array
MEMBER = re.compile(r"([0-9a-f]{64})/(index|maps|redrawn)\.npy")
OPEN = ("dsprites", "dsprites_official", "dsprites_upright", "shapes3d", "shapes3d_official")
"""Datasets of which maps may be published: a map can be as sharp as its picture, and other pictures are not ours to give."""


def beside(rows: Path) -> Path:
    """Where the maps of the submission at `rows` are."""
    return rows.with_name(f"{rows.stem}.maps.npz")


def digest_of(attention: Attention) -> str:
    """SHA-256 over types, shapes and bytes of all arrays."""
    found = sha256()
    for name, array in _arrays(attention):
        found.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        found.update(array.tobytes())
    return found.hexdigest()


def packed(shown: Mapping[str, Attention]) -> bytes:
    """The archive of maps by digest; equal maps give equal bytes. Raises `DataError` when it would be too large to submit."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for digest, attention in sorted(shown.items()):
            for name, array in _arrays(attention):
                archive.writestr(zipfile.ZipInfo(f"{digest}/{name}.npy"), _file(array), zipfile.ZIP_DEFLATED)
    size, whole = content.tell(), sum(array.nbytes for one in shown.values() for _, array in _arrays(one))
    if size > LARGEST or whole > UNPACKED:
        raise DataError(
            f"maps of {size:,} bytes packed and {whole:,} unpacked, at most {LARGEST:,} and {UNPACKED:,} are taken: look at fewer "
            "pictures, or submit --without-maps what an explainer of this package shows"
        )
    return content.getvalue()


def read_maps(path: Path) -> dict[str, Attention]:
    """The maps by digest; none without a file. Raises `DataError` that says what is wrong with it."""
    if path.is_symlink():
        raise DataError(f"{path}: is a symbolic link; hand over the file itself")
    if not path.exists():
        return {}
    if (size := path.stat().st_size) > LARGEST:
        raise DataError(f"{path}: {size:,} bytes; maps have at most {LARGEST:,}")
    try:
        with zipfile.ZipFile(path) as archive:
            return _attentions(archive)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, TypeError, zlib.error) as error:
        raise DataError(f"{path}: not the maps of a submission: {error}") from error


def _attentions(archive: zipfile.ZipFile) -> dict[str, Attention]:
    members = archive.infolist()
    if (whole := sum(member.file_size for member in members)) > UNPACKED:
        raise ValueError(f"unpacks to {whole:,} bytes, at most {UNPACKED:,} are read (a zip bomb?)")
    if len({member.filename for member in members}) < len(members):
        raise ValueError("a member came twice")
    parts: dict[str, dict[str, ndarray]] = {}
    for member in members:
        named = MEMBER.fullmatch(member.filename)
        if named is None or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(f"member {member.filename!r:.120}; expected <digest>/<index, maps or redrawn>.npy")
        parts.setdefault(named[1], {})[named[2]] = _array(archive.read(member), named[2])
    return {digest: _attention(digest, arrays) for digest, arrays in parts.items()}


def _array(content: bytes, part: str) -> ndarray:
    """One array, from bytes that may be anything."""
    kind, axes = PARTS[part]
    file = io.BytesIO(content)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError(f"{part}: expected an array file of version 1.0")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.hasobject:
        raise ValueError(f"{part}: a pickled array, which could run code when it is read")
    if (dtype.str, len(shape), fortran) != (kind, axes, False):
        raise ValueError(f"{part}: expected {axes} axes of {kind}, got {len(shape)} of {dtype.str}")
    if len(content) - file.tell() != dtype.itemsize * int(np.prod(shape, dtype=object)):
        raise ValueError(f"{part}: {len(content) - file.tell():,} bytes are not those of shape {shape}")
    return np.frombuffer(content, dtype, offset=file.tell()).reshape(shape)


def _attention(digest: str, arrays: Mapping[str, ndarray]) -> Attention:
    if not {"index", "maps"} <= arrays.keys():
        raise ValueError(f"{digest:.12}: expected index and maps, got {', '.join(sorted(arrays))}")
    n, *side = arrays["maps"].shape
    few = arrays.get("redrawn", arrays["maps"])
    if len(arrays["index"]) != n or list(few.shape[1:]) != side or len(few) > n:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in sorted(arrays.items()))
        raise ValueError(f"{digest:.12}: shapes that do not go together: {shapes}")
    made = Attention(arrays["index"], arrays["maps"], arrays.get("redrawn"))
    if digest_of(made) != digest:
        raise ValueError(f"{digest:.12}: the maps were changed, their digest is {digest_of(made):.12}")
    if not all(np.isfinite(array).all() for _, array in _arrays(made)):
        raise ValueError(f"{digest:.12}: a map holds values that are not finite")
    return made


def faults(attention: Attention, index: Any, picture: tuple[int, int]) -> Iterator[str]:
    """What is wrong with maps that should be of the pictures `index`, each of this height and width."""
    if not np.array_equal(attention.index, index):
        yield f"maps of {len(attention.index)} pictures that are not the {len(index)} of the task"
    if attention.maps.shape != (len(attention.index), *picture):
        yield f"maps of shape {attention.maps.shape}, expected {(len(index), *picture)}"


def _arrays(attention: Attention) -> Iterable[tuple[str, ndarray]]:
    for name, (kind, _) in PARTS.items():
        if (array := getattr(attention, name)) is not None:
            yield name, np.ascontiguousarray(array, kind)


def _file(array: ndarray) -> bytes:
    content = io.BytesIO()
    np.lib.format.write_array(content, array, version=(1, 0), allow_pickle=False)
    return content.getvalue()
