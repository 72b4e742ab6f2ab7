"""The file that keeps answers for good: one SQLite table, JSON values, each record written before anybody sees the answer.

Write-ahead log with `synchronous=NORMAL`: what was written survives the death of the process, at any moment; a power cut can cost
the last few records and never damages the file.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.canonical import canonical
from bench.errors import DataError

FILE = "answers.sqlite"
SCHEMA = 1
WAIT = 60.0  # seconds for another process to finish its write
COLUMNS = "key TEXT PRIMARY KEY, request TEXT NOT NULL, outcome TEXT NOT NULL, time TEXT NOT NULL"


def request_key(request: Mapping[str, object]) -> str:
    """The key of a request: SHA-256 of its canonical JSON."""
    return hashlib.sha256(canonical(request).encode()).hexdigest()


class AnswerBook:
    """Requests and their outcomes, by key. A child process made by a fork must open its own.

    Raises `DataError` when the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.process = os.getpid()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, timeout=WAIT, isolation_level=None, check_same_thread=False)
        try:
            self._prepare()
        except sqlite3.DatabaseError as error:
            self.close()
            raise DataError(f"expected a file of answers at {path}, got {error}; move it away to start a new one") from error
        except DataError:
            self.close()
            raise

    def get(self, key: str) -> Mapping[str, object] | None:
        """What the request with this key led to, `None` when it was never answered."""
        with self._told():
            found = self._connection.execute("SELECT outcome FROM answers WHERE key = ?", (key,)).fetchone()
        return None if found is None else json.loads(found[0])

    def put(self, key: str, request: Mapping[str, object], outcome: Mapping[str, object]) -> None:
        """Keep an outcome. The first one stays: answers are never rewritten."""
        row = (key, canonical(request), canonical(outcome), datetime.now(UTC).isoformat(timespec="seconds"))
        with self._told():
            self._connection.execute("INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?)", row)

    def requests(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Every key with its request, in the order in which they were answered."""
        for key, request in self._connection.execute("SELECT key, request FROM answers ORDER BY rowid"):
            yield key, json.loads(request)

    def close(self) -> None:
        """Fold the log into the file and let go of it."""
        self._connection.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise DataError(f"expected to read and write {self.path}, got {error}; free disk or file, run again") from error

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        (found,) = self._connection.execute("PRAGMA user_version").fetchone()
        if found not in (0, SCHEMA):
            raise DataError(f"expected answers of layout {SCHEMA} at {self.path}, got layout {found}; use a newer latentbench")
        self._connection.execute(f"CREATE TABLE IF NOT EXISTS answers ({COLUMNS})")
        self._connection.execute(f"PRAGMA user_version = {SCHEMA}")
