"""The store: one folder per key, written once, never rewritten.

A folder that exists is complete: its content is written to a draft beside it, flushed to the disk and published by one rename. One
process computes a key at a time; the others wait on a lock that dies with its holder. `kill -9` loses the stage in flight, no more.
"""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from bench.errors import DataError

AT_ONCE = 8  # files flushed together


@dataclass(frozen=True)
class Store:
    """A folder of finished stage outputs, `<root>/<kind>/<key>/`."""

    root: Path

    def folder(self, kind: str, key: str) -> Path:
        """Where the output of this stage lies, or will lie."""
        return self.root / kind / key

    def has(self, kind: str, key: str) -> bool:
        """True when the stage is complete."""
        return self.folder(kind, key).is_dir()

    def scratch(self, kind: str, key: str) -> Path:
        """A folder that survives a kill, for checkpoints of the stage; removed when the stage is published."""
        path = self.root / "scratch" / kind / key
        with _writable(self.root):
            path.mkdir(parents=True, exist_ok=True)
        return path

    def lock(self, kind: str, key: str) -> FileLock:
        """The lock of one key, to be held while it is computed."""
        with _writable(self.root):
            (self.root / "locks").mkdir(parents=True, exist_ok=True)
        return FileLock(self.root / "locks" / f"{kind}-{key}.lock")

    def publish(self, kind: str, key: str, write: Callable[[Path], None]) -> Path:
        """Have `write` fill a draft folder and publish it as the output of the stage."""
        final = self.folder(kind, key)
        draft = self.root / "drafts" / f"{key}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        with _writable(self.root):
            final.parent.mkdir(parents=True, exist_ok=True)
            draft.mkdir(parents=True)
            try:
                write(draft)
                _flush(draft)
                draft.rename(final)
                _sync(final.parent)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
            shutil.rmtree(self.root / "scratch" / kind / key, ignore_errors=True)
        return final


@contextmanager
def _writable(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(
            f"cannot write to the store at {root}: {error.strerror or error}; free space, or choose another folder with "
            "runtime.folders.store=<folder>"
        ) from error


def _flush(folder: Path) -> None:
    """Flush a folder and all its files to the disk, together: the disk then writes them in one go, several times faster."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(_sync, [folder, *folder.rglob("*")]))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
