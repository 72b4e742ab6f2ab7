"""Why a request was sent again: the nearest request that is kept, and what differs."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.clients.answer_book import FILE, AnswerBook, request_key
from bench.errors import DataError

SHOWN = 80  # characters of a value on each side of a difference
ABSENT = "(nothing)"


@dataclass(frozen=True)
class Nearest:
    """A kept request. `differences` maps the path of each field that differs to the value asked for and the value kept."""

    key: str
    request: Mapping[str, object]
    differences: Mapping[str, tuple[object, object]]


def nearest(book: AnswerBook, request: Mapping[str, object]) -> Nearest | None:
    """The kept request with the fewest fields that differ, the oldest of equals; `None` when nothing is kept."""
    kept = (Nearest(key, other, differences(request, other)) for key, other in book.requests())
    return min(kept, key=lambda near: len(near.differences), default=None)


def differences(asked: object, kept: object) -> dict[str, tuple[object, object]]:
    """Paths such as `client.model` or `images[0].sha256` at which two requests differ, with both values."""
    ours, theirs = dict(_leaves(asked, "")), dict(_leaves(kept, ""))
    paths = [*ours, *(path for path in theirs if path not in ours)]
    both = {path: (ours.get(path, ABSENT), theirs.get(path, ABSENT)) for path in paths}
    return {path: pair for path, pair in both.items() if pair[0] != pair[1]}


def explain(folder: Path, request: str) -> str:
    """Whether a request, given as JSON, is kept in a folder of answers, and if not, how the nearest one that is differs."""
    path = folder / FILE
    if not path.is_file():
        raise DataError(f"expected a file of answers at {path}, found none; name the folder that holds {FILE}")
    try:
        asked = json.loads(request)
    except ValueError as error:
        raise DataError(f"expected a request as JSON, got {request[:SHOWN]!r} ({error})") from error
    key = request_key(asked)
    with closing(AnswerBook(path)) as book:
        if book.get(key) is not None:
            return f"kept as {key}: asking it sends nothing"
        near = nearest(book, asked)
    if near is None:
        return f"not kept, and {path} holds no other request"
    lines = [f"{where}: asked {_shown(ours)}, kept {_shown(theirs)}" for where, (ours, theirs) in near.differences.items()]
    return "\n".join([f"not kept; the nearest is {near.key}, which differs in {len(lines)} fields:", *lines])


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for name in sorted(value):
            yield from _leaves(value[name], f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            yield from _leaves(item, f"{path}[{i}]")
    else:
        yield path, value


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(text)} characters)"
