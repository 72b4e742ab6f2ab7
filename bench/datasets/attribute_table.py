"""Tables of binary attributes of pictures: CSV with the file name first, or the official text file of CelebAMask-HQ."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.errors import DataError

MEANS = {"-1": 0, "0": 0, "1": 1, "+1": 1}
Row = tuple[int, ...]


@dataclass(frozen=True)
class AttributeTable:
    """The names of the attributes, and 0 or 1 for each of them by the stem of the picture's file name."""

    path: Path
    names: tuple[str, ...]
    rows: Mapping[str, Row]

    def of(self, paths: Sequence[Path]) -> list[Row]:
        """One row for each picture. Raises one `DataError` that says how many pictures have none."""
        missing = [path.name for path in paths if path.stem not in self.rows]
        if missing:
            raise DataError(
                f"{self.path}: expected a row for each of {len(paths)} pictures, found none for {len(missing)}, such as "
                f"{missing[0]}; use the table that belongs to these pictures"
            )
        return [self.rows[path.stem] for path in paths]


def read_attributes(path: Path) -> AttributeTable:
    """Read a table. Values are -1 and 1, or 0 and 1. Raises one `DataError` that lists the first faults of the file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"expected a table of attributes at {path}, got {type(error).__name__}: {error}; put it there") from error
    lines = [line for line in text.splitlines() if line.strip()]
    split = list(csv.reader(lines)) if lines and "," in lines[0] else [line.split() for line in lines]
    head, body = _parts(split)
    faults = list(_faults(head, body))
    if faults:
        shown = "\n".join(faults[:10])
        raise DataError(f"{path}: expected one row of -1 and 1 a picture, found {len(faults)} fault(s); mend the file:\n{shown}")
    return AttributeTable(path, tuple(head), {Path(row[0]).stem: tuple(MEANS[cell.strip()] for cell in row[1:]) for row in body})


def _parts(lines: Sequence[Sequence[str]]) -> tuple[list[str], Sequence[Sequence[str]]]:
    """The names and the rows. The text file has a line with the number of pictures first, and no name above the file names."""
    if lines and len(lines[0]) == 1:
        return list(lines[1]) if len(lines) > 1 else [], lines[2:]
    return [name.strip() for name in lines[0][1:]] if lines else [], lines[1:]


def _faults(head: Sequence[str], body: Sequence[Sequence[str]]) -> Iterator[str]:
    if not head or not body:
        yield f"got {len(head)} attributes and {len(body)} rows"
    if len(set(head)) < len(head):
        yield f"an attribute is named twice: {', '.join(head)}"
    seen: set[str] = set()
    for row in body:
        if len(row) != len(head) + 1:
            yield f"{row[0]}: {len(row) - 1} values for {len(head)} attributes"
        elif bad := [cell for cell in row[1:] if cell.strip() not in MEANS]:
            yield f"{row[0]}: {bad[0]!r} is neither -1, 0 nor 1"
        if (stem := Path(row[0]).stem) in seen:
            yield f"{row[0]}: has two rows"
        seen.add(stem)
