"""Answers and ratings as lines of files: `datasets/<name>/annotations/labels_<page>.jsonl` and `ratings_<page>.jsonl`."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from bench.annotation.export import Answer, Export, Rated
from bench.annotation.reading import read_export, told
from bench.errors import DataError

_CONFIG = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


@dataclass(frozen=True, config=_CONFIG)
class Label:
    """One rater's answer for one unit of a page."""

    page: str
    annotator: str
    answer: Answer

    @property
    def place(self) -> tuple[str, ...]:
        """What it is an answer to, and whose."""
        return (self.annotator, self.answer.item)

    @property
    def content(self) -> Any:
        """What it says, however long it took."""
        return (self.answer.none, self.answer.text, self.answer.factors)


@dataclass(frozen=True, config=_CONFIG)
class Rating:
    """One rater's rating of one text of a page."""

    page: str
    annotator: str
    rated: Rated

    @property
    def place(self) -> tuple[str, ...]:
        """What it is a rating of, and whose."""
        return (self.annotator, self.rated.item, self.rated.said)

    @property
    def content(self) -> Any:
        """What it says."""
        return self.rated.rating


@dataclass(frozen=True, config=_CONFIG)
class Given:
    """What people gave, from any number of files."""

    labels: tuple[Label, ...]
    ratings: tuple[Rating, ...]


def lines_of(export: Export) -> Given:
    """The lines that an export stands for."""
    labels = tuple(Label(export.page, export.annotator, answer) for answer in export.answers)
    return Given(labels, tuple(Rating(export.page, export.annotator, rated) for rated in export.ratings))


def read_given(paths: Sequence[Path]) -> Given:
    """Exports (`.json`) and files of imported lines (`.jsonl`) together. One rater answers once: a second answer raises.

    An answer that comes twice and says the same, as in an export and in the file that it was imported into, counts once.
    """
    labels: dict[tuple[str, ...], Label] = {}
    ratings: dict[tuple[str, ...], Rating] = {}
    for path in paths:
        given = read_lines(path) if path.suffix == ".jsonl" else lines_of(read_export(path))
        _add(labels, given.labels, path)
        _add(ratings, given.ratings, path)
    return Given(tuple(labels.values()), tuple(ratings.values()))


def read_lines(path: Path) -> Given:
    """The lines of one file. Raises one `DataError` that lists every fault."""
    try:
        texts = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {error!s:.200}; expected a file that `annotate import` wrote") from error
    found: list[Label | Rating] = []
    faults: list[str] = []
    for number, text in enumerate(texts, 1):
        if text.strip():
            try:
                found.append(_line(text))
            except (ValidationError, ValueError, RecursionError) as error:
                faults.append(f"line {number}: {str(error).splitlines()[0]}")
    if faults:
        raise DataError(told(path, faults))
    labels = tuple(one for one in found if isinstance(one, Label))
    return Given(labels, tuple(one for one in found if isinstance(one, Rating)))


def _line(text: str) -> Label | Rating:
    tree = json.loads(text)
    kind = Rating if isinstance(tree, dict) and "rated" in tree else Label
    return _adapter(kind).validate_json(text)  # type: ignore[no-any-return]


def _add(known: dict[tuple[str, ...], Any], found: Sequence[Any], path: Path) -> None:
    for one in found:
        before = known.setdefault(one.place, one)
        if before.content != one.content:
            raise DataError(
                f"{path}: {one.annotator} answered the same unit differently in another file; give only the newer of the two"
            )


@cache
def _adapter(kind: Any) -> Any:
    return TypeAdapter(kind)
