"""Takes answers into the data of their datasets: words become references, labels and ratings get files of their own.

Everything is checked against the page before anything is written. What is there already stays as it is, so importing the same
files twice, or an export that has grown, changes nothing that was there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.annotation.export import Export
from bench.annotation.lines import Label, Rating, lines_of, read_lines
from bench.annotation.reading import read_export, told
from bench.annotation.task import Item, Task
from bench.canonical import canonical
from bench.datasets.references import Reference, data_folder, read_references
from bench.errors import DataError
from bench.reports.printable import printable
from bench.reports.publish import publish

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True)
class Written:
    """A file, how many lines it had, and how many were added and replaced."""

    path: str
    before: int
    added: int
    replaced: int


def take_in(paths: Sequence[Path], task: Task, to: Path, replace: bool = False) -> list[Written]:
    """Import exports of the page of this task into the folder of datasets `to`. Raises `DataError`, and then writes nothing.

    An answer that differs from the one that is there raises unless `replace`.
    """
    exports = {path: read_export(path) for path in paths}
    faults = [told(path, found) for path, export in exports.items() if (found := list(faults_of(export, task)))]
    names = [export.annotator for export in exports.values()]
    faults += [
        f"{path}: {name} came twice; give only the newer file"
        for i, (path, name) in enumerate(zip(exports, names, strict=True))
        if name in names[:i]
    ]
    if faults:
        raise DataError("\n".join(faults))
    files = {path: _merged(path, lines, replace) for path, lines in _files(exports.values(), task, to).items()}
    made = {path: (text, written) for path, (text, written) in files.items() if text or path.exists()}
    for path, (text, _) in made.items():
        publish(path, text)
    return [written for _, written in made.values()]


def faults_of(export: Export, task: Task) -> Iterator[str]:
    """Where an export does not fit the page."""
    if export.page != task.fingerprint:
        yield f"belongs to page {export.page!r:.40}, not to {task.fingerprint}; name its page with --page"
        return
    if not 0 <= export.rater < len(task.orders):
        yield f"rater: the page has {len(task.orders)}, counted from 0, got {export.rater}"
    items = {item.id: item for item in task.items}
    for i, answer in enumerate(export.answers):
        yield from (f"answers.{i}: {fault}" for fault in _answer_faults(answer, items, task))
    for i, rated in enumerate(export.ratings):
        item = items.get(rated.item)
        if item is None or item.model != rated.model:
            yield f"ratings.{i}: the page has no unit {rated.unit!r:.80} of {rated.model!r:.80}"
        elif rated.said not in {one.id for one in item.said}:
            yield f"ratings.{i}: the page shows no text {rated.said!r:.40} of unit {rated.unit!r:.80}"


def _answer_faults(answer: Any, items: Mapping[str, Item], task: Task) -> Iterator[str]:
    item = items.get(answer.item)
    if item is None or item.model != answer.model:
        yield f"the page has no unit {answer.unit!r:.80} of {answer.model!r:.80}"
        return
    choices = {choice.factor: choice for choice in task.factors[item.dataset]}
    for ticked in answer.factors:
        if ticked.factor not in choices:
            yield f"factor {ticked.factor!r:.80}: expected one of {', '.join(choices)}"
        elif ticked.direction != "change" and choices[ticked.factor].increase is None:
            yield f"factor {ticked.factor!r}: it has no direction, got {ticked.direction!r}"


Lines = dict[tuple[str, ...], Any]  # by what they are about, and whose they are; `None` where there shall be none


def _files(exports: Any, task: Task, to: Path) -> dict[Path, Lines]:
    """The lines of each file."""
    items, page = {item.id: item for item in task.items}, task.fingerprint[:12]
    files: dict[Path, Lines] = {}
    for export in exports:
        given = lines_of(export)
        for label in given.labels:
            item, folder = items[label.answer.item], _folder(to, label.answer.dataset)
            files.setdefault(folder / "annotations" / f"labels_{page}.jsonl", {})[label.place] = label
            if item.frozen:
                worded = label.answer.none or label.answer.text.strip()
                reference = Reference(item.model, item.unit, label.annotator, printable(label.answer.text))
                lines = files.setdefault(folder / "references" / f"annotated_{page}.jsonl", {})
                lines[_place(reference)] = reference if worded else None
        for rating in given.ratings:
            path = _folder(to, rating.rated.dataset) / "annotations" / f"ratings_{page}.jsonl"
            files.setdefault(path, {})[rating.place] = rating
    return files


def _folder(to: Path, dataset: str) -> Path:
    name = data_folder(dataset) or dataset
    if not NAME.fullmatch(name):
        raise DataError(f"expected the name of a dataset, got {name!r:.80}; the page is damaged")
    return to / name


def _merged(path: Path, lines: Lines, replace: bool) -> tuple[str, Written]:
    """The text of a file with these lines added to those that are there."""
    known: Lines = {_place(line): line for line in _read(path)} if path.exists() else {}
    before = len(known)
    changed = [
        place for place, line in lines.items() if place in known and (line is None or _content(known[place]) != _content(line))
    ]
    if changed and not replace:
        raise DataError(
            f"{path}: {len(changed)} answer(s) differ from those that are there, the first of {changed[0][0]}; "
            "give --replace to take the new ones"
        )
    added = [place for place, line in lines.items() if place not in known and line is not None]
    known |= {place: lines[place] for place in (*changed, *added)}
    text = "".join(canonical(asdict(line)) + "\n" for line in known.values() if line is not None)
    return text, Written(str(path), before, len(added), len(changed))


def _read(path: Path) -> Sequence[Any]:
    if path.parent.name == "references":
        return read_references(path)
    given = read_lines(path)
    return (*given.labels, *given.ratings)


def _place(line: Reference | Label | Rating) -> tuple[str, ...]:
    return (line.annotator, line.model, line.unit) if isinstance(line, Reference) else line.place


def _content(line: Reference | Label | Rating) -> Any:
    return line.text if isinstance(line, Reference) else line.content
