"""Submissions that offline W&B runs below a folder carry, read from their logs. No network, no key, no W&B process.

A run's log is `wandb/offline-run-*/run-*.wandb`: LevelDB's log format (blocks of 32 KiB; a header of checksum, length and
kind before each part of a record) around W&B's own protocol buffers. Artifacts are named there with the paths of their files.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.errors import DataError
from bench.reports.wandb_artifacts import SUBMISSION

BLOCK, HEADER = 32768, 7
FULL, LAST = 1, 4  # kinds of parts that end a record


def carried(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """Origin, file name and bytes of each submission, in the order of the logs' names. Raises `DataError` for a damaged log."""
    logs = sorted(folder.rglob("*.wandb"))
    if not logs:
        raise DataError(f"expected offline runs of W&B below {folder}, found no wandb/offline-run-*/run-*.wandb there")
    for log in logs:
        for record in _records(log):
            if record.artifact.type == SUBMISSION:
                yield from ((log.parent.name, *_file(log, entry)) for entry in record.artifact.manifest.contents)


def _records(log: Path) -> Iterator[Any]:
    """The artifacts of the log are records, or requests to log one, by how they were logged."""
    from google.protobuf.message import DecodeError
    from wandb.proto.wandb_internal_pb2 import Record

    for content in _framed(log.read_bytes()):
        record = Record()
        try:
            record.ParseFromString(content)
        except DecodeError as error:
            raise DataError(f"{log}: damaged, or of a version of W&B that this code cannot read: {error}") from error
        if record.HasField("artifact"):
            yield record
        elif record.request.HasField("log_artifact"):
            yield record.request.log_artifact


def _framed(content: bytes) -> Iterator[bytes]:
    at, parts = HEADER, b""  # the file begins with a header of its own
    while at + HEADER <= len(content):
        left = BLOCK - at % BLOCK
        if left < HEADER:
            at += left
            continue
        _, length, kind = struct.unpack("<IHB", content[at : at + HEADER])
        parts += content[at + HEADER : at + HEADER + length]
        at += HEADER + length
        if kind in (FULL, LAST):
            yield parts
            parts = b""


def _file(log: Path, entry: Any) -> tuple[str, bytes]:
    """The file where it was, or at the same place of a run folder that has moved."""
    path = Path(entry.local_path)
    moved = log.parents[2] / SUBMISSION / path.name
    for place in (moved, path):
        if place.is_file():
            return entry.path, place.read_bytes()
    raise DataError(f"{log}: its submission is neither at {path} nor at {moved}; copy the whole folder of the run")
