"""Reads a submission that a stranger wrote: nothing is unpacked, unpickled or followed, and every fault has a name."""

import json
import zipfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bench.canonical import canonical
from bench.errors import DataError
from bench.leaderboards.leaks import leaks
from bench.leaderboards.submission import FORMAT, CellRecord, Header, Submission, counted
from bench.leaderboards.tasks import NAME

T = TypeVar("T")
LARGEST = 64 * 2**20  # bytes of a file
RATIO = 100  # an archive that unpacks to more than this many times its size is a bomb
MAGIC = {
    b"\x1f\x8b": "a gzip file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"(\xb5/\xfd": "a zstd file",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x93NUMPY": "a numpy file",
    b"\x89HDF": "an HDF5 file",
}
PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"cos\n", b"c__builtin__", b"(dp", b"(lp", b"cposix\n")
ADVICE = "a submission is one JSON-lines file made by `latentbench submit`"


def read(path: Path) -> Submission:
    """The submission at `path`. Raises `DataError` that says what is wrong with the file."""
    content = _bytes(path)
    try:
        lines = content.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 text ({error.reason} at byte {error.start}); {ADVICE}") from error
    if lines.pop() != "" or not lines:
        raise DataError(f"{path}: the last line is cut short or the file is empty; {ADVICE}")
    given = [_json(line, f"{path}, line {number}") for number, line in enumerate(lines, 1)]
    _right_format(given[0], path)
    header = _record(Header, lines[0], f"{path}, line 1")
    cells = tuple(_record(CellRecord, line, f"{path}, line {number}") for number, line in enumerate(lines[1:], 2))
    if faults := [*_named(path, header), *leaks(given), *_consistent(header, cells)]:
        raise DataError("\n".join(f"{path}: {fault}" for fault in faults))
    return Submission(header, cells)


def _bytes(path: Path) -> bytes:
    if path.is_symlink():
        raise DataError(f"{path}: is a symbolic link; hand over the file itself")
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    if len(content) > LARGEST:
        raise DataError(f"{path}: {size:,} bytes; a submission has at most {LARGEST:,}")
    if zipfile.is_zipfile(path) or content.startswith(b"PK"):
        raise DataError(f"{path}: {_archive(path)}; {ADVICE}")
    if content.startswith(PICKLES):
        raise DataError(f"{path}: a pickled file, which could run code when it is read; {ADVICE}")
    kind = next((kind for magic, kind in MAGIC.items() if content.startswith(magic)), None)
    kind = "a tar archive" if content[257:262] == b"ustar" else kind
    if kind:
        raise DataError(f"{path}: {kind}; {ADVICE}")
    return content


def _archive(path: Path) -> str:
    """What is wrong with an archive, from its list of members alone; nothing is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "a damaged zip archive"
    for member in members:
        parts = PurePosixPath(member.filename.replace("\\", "/"))
        if ".." in parts.parts or parts.is_absolute() or ":" in member.filename:
            return f"a zip archive with path traversal (member {member.filename!r:.80})"
        if member.file_size > RATIO * max(member.compress_size, 1):
            return f"a zip bomb (member {member.filename!r:.80} unpacks to {member.file_size:,} bytes)"
        if member.filename.endswith((".pkl", ".pickle", ".pt", ".pth", ".joblib")):
            return f"a zip archive with a pickled file (member {member.filename!r:.80})"
    return "a zip archive"


def _json(line: str, where: str) -> dict[str, Any]:
    try:
        given = json.loads(line, object_pairs_hook=_once, parse_constant=_refused)
        same = canonical(given) == line
    except RecursionError as error:
        raise DataError(f"{where}: nested too deeply") from error
    except ValueError as error:
        raise DataError(f"{where}: not a JSON object: {error}") from error
    if not isinstance(given, dict):
        raise DataError(f"{where}: not a JSON object but {type(given).__name__}")
    if not same:
        raise DataError(f"{where}: not canonical JSON (sorted keys, no spaces, numbers and text as Python writes them)")
    return given


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"a key came twice among {', '.join(key for key, _ in pairs):.200}")
    return found


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON number; undefined is null")


def _right_format(head: dict[str, Any], path: Path) -> None:
    if head.get("format") != FORMAT:
        raise DataError(f"{path}: format {head.get('format')!s:.20}; this version reads format {FORMAT}")


def _record(kind: type[T], line: str, where: str) -> T:
    try:
        return _adapter(kind).validate_json(line)  # type: ignore[no-any-return,arg-type]
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors(include_input=False)]
        raise DataError(f"{where}: {'; '.join(faults[:5]):.1000}") from error


@cache
def _adapter(kind: Any) -> Any:
    return TypeAdapter(kind)


def _named(path: Path, header: Header) -> Iterator[str]:
    if not NAME.fullmatch(header.submission):
        yield f"submission: expected a name of a-z, 0-9, _ and -, got {header.submission!r:.80}"
    elif path.name != f"{header.submission}.jsonl":
        yield f"submission: the file must be called {header.submission}.jsonl"
    if not NAME.fullmatch(header.task):
        yield f"task: expected the name of a task, got {header.task!r:.80}"


def _consistent(header: Header, cells: Sequence[CellRecord]) -> Iterator[str]:
    for number, cell in enumerate(cells, 2):
        where = f"line {number}"
        if not len(cell.units) == len(cell.statuses) == len(cell.explanations):
            yield f"{where}: {len(cell.units)} units, {len(cell.statuses)} statuses, {len(cell.explanations)} explanations"
            return
        if len(set(cell.units)) < len(cell.units):
            yield f"{where}: a unit came twice"
        yield from _scored(header, cell, where)
        yield from _possible(cell, where)
    found = counted(tuple(cells))
    for name in ("cells", "answered", "abstained", "failed", "rows"):
        if getattr(found, name) != getattr(header.counts, name):
            yield f"counts.{name}: recorded {getattr(header.counts, name)}, the file holds {getattr(found, name)}"


def _possible(cell: CellRecord, where: str) -> Iterator[str]:
    for unit, said in zip(cell.units, cell.explanations, strict=True):
        if said.failure is not None and (said.text is not None or said.answers or said.certainty is not None or said.maps):
            yield f"{where}, unit {unit!r:.80}: a failed explanation has no text, answers, certainty or maps"
        if said.certainty is not None and not 0 <= said.certainty <= 1:
            yield f"{where}, unit {unit!r:.80}: certainty {said.certainty} lies outside of 0 to 1"


def _scored(header: Header, cell: CellRecord, where: str) -> Iterator[str]:
    for name, scored in cell.scores.items():
        if name not in header.metrics:
            yield f"{where}: metric {name!r:.80} is not in the header"
            continue
        expected = len(cell.units) if header.metrics[name].scope == "unit" else 1
        if len(scored.values) != expected:
            yield f"{where}: {name} has {len(scored.values)} values, expected {expected}"
