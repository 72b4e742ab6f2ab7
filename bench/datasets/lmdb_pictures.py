"""Pictures in an LMDB database, as LSUN is distributed: one encoded picture under each key."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.datasets.picture_steps import Step
from bench.datasets.pictures import Pictures
from bench.errors import ConfigError, DataError


def is_database(path: Path) -> bool:
    """Whether an LMDB database lies in this folder."""
    return (path / "data.mdb").is_file()


def of_database(path: Path, steps: tuple[Step, ...]) -> Pictures:
    """The pictures of a database, in the order of their keys. Raises `DataError` when it is damaged or empty."""
    lmdb = _lmdb()
    with _faults(lmdb, path):
        database = lmdb.open(str(path), readonly=True, lock=False, readahead=False, max_readers=1024)
        with database.begin() as transaction:
            keys = list(transaction.cursor().iternext(keys=True, values=False))
    if not keys:
        raise DataError(f"{path}: expected pictures in the database, found none; fetch it again")

    def read(place: int) -> bytes:
        with _faults(lmdb, path), database.begin() as transaction:
            return bytes(transaction.get(keys[place]))

    return Pictures([f"{path}: {key.decode('utf-8', 'replace')}" for key in keys], read, steps)


def _lmdb() -> Any:
    try:
        return importlib.import_module("lmdb")
    except ModuleNotFoundError as error:
        raise ConfigError(
            "expected the package lmdb, which reads LSUN's databases, found none; pip install 'latentbench[lmdb]', or give a "
            "folder of the unpacked pictures"
        ) from error


@contextmanager
def _faults(lmdb: Any, path: Path) -> Iterator[None]:
    """Turn what lmdb raises on a bad file into one `DataError`."""
    try:
        yield
    except lmdb.Error as error:
        raise DataError(f"{path}: expected a whole LMDB database, got {type(error).__name__}: {error}; fetch it again") from error
