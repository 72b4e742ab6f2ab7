"""Reads what a page handed out. A stranger wrote it, so every fault has a name before anything is used."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bench.annotation.export import FORMAT, VERSION, Answer, Export
from bench.annotation.task import LONGEST, STARS
from bench.errors import DataError

LARGEST = 16 * 2**20  # bytes of an export
MOST = 50  # faults that are told
ANNOTATOR = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


def read_export(path: Path) -> Export:
    """The export at `path`. Raises one `DataError` that lists what is wrong with it."""
    text = _text(path)
    try:
        tree = json.loads(text, object_pairs_hook=_once, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: expected the JSON that the page exports, got: {error!s:.200}; export again") from error
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        raise DataError(f"{path}: expected an export of an annotation page (format {FORMAT}); give the file that the page saved")
    if tree.get("version") != VERSION:
        raise DataError(f"{path}: version {tree.get('version')!r:.40} of exports; this code reads version {VERSION}")
    try:
        export: Export = _adapter().validate_json(text)
    except ValidationError as error:
        found = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors(include_input=False)]
        raise DataError(told(path, found)) from error
    if faults := list(_faults(export)):
        raise DataError(told(path, faults))
    return export


def told(path: Path, faults: Sequence[str]) -> str:
    """One message of all faults of a file."""
    shown = [f"  {fault:.300}" for fault in faults[:MOST]]
    more = [f"  and {len(faults) - MOST} more"] if len(faults) > MOST else []
    return "\n".join([f"{path}: {len(faults)} fault(s); export again, or mend the file:", *shown, *more])


def _faults(export: Export) -> Iterator[str]:
    if not ANNOTATOR.fullmatch(export.annotator):
        yield f"annotator: expected 1 to 32 small letters, digits, - and _, got {export.annotator!r:.80}"
    for i, answer in enumerate(export.answers):
        yield from (f"answers.{i}: {fault}" for fault in _answer_faults(answer))
    for i, rated in enumerate(export.ratings):
        if not 1 <= rated.rating <= STARS:
            yield f"ratings.{i}: expected a rating from 1 to {STARS}, got {rated.rating}"
    answered, rated_texts = Counter(a.item for a in export.answers), Counter((r.item, r.said) for r in export.ratings)
    yield from (f"answers: unit {a.unit!r:.80} came twice" for a in export.answers if answered[a.item] > 1)
    yield from (f"ratings: a text of unit {r.unit!r:.80} came twice" for r in export.ratings if rated_texts[r.item, r.said] > 1)


def _answer_faults(answer: Answer) -> Iterator[str]:
    if len(answer.text) > LONGEST:
        yield f"text: expected at most {LONGEST} characters, got {len(answer.text):,}"
    if answer.none and (answer.text.strip() or answer.factors):
        yield "says that there is no clear pattern, and yet what it is"
    if not answer.none and not answer.text.strip() and not answer.factors:
        yield "says nothing: expected words, factors, or that there is no clear pattern"
    if not (math.isfinite(answer.seconds) and answer.seconds >= 0):
        yield f"seconds: expected a time, got {answer.seconds}"
    names = Counter(ticked.factor for ticked in answer.factors)
    yield from (f"factor {name!r:.80} came twice" for name, times in names.items() if times > 1)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise DataError(f"{path}: more than {LARGEST:,} bytes; an export of the page is smaller")
        return content.decode("utf-8")
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 text ({error.reason} at byte {error.start}); export again") from error


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"a key came twice among {', '.join(key for key, _ in pairs):.200}")
    return found


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON number")


@cache
def _adapter() -> Any:
    return TypeAdapter(Export)
