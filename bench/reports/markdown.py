"""A table as Markdown, with every character escaped that would break it or become markup."""

import re

from bench.reports.printable import printable
from bench.reports.tables import Column, Entry, Table

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ESCAPED = re.compile(r"([\\|`*\[\]$~#])")
_ADDRESS = re.compile(r"(?i)\b(www)\.")  # some renderers make links of such words
_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")


def as_markdown(table: Table) -> str:
    """A pipe table, its notes below. A cell reads `mean [low, high] (scored/all)`; the best of a block is bold."""
    if not table.lines:
        return "\n".join(table.notes) + "\n"
    heads = [*map(escaped, table.axes), *map(_head, table.columns)]
    rules = ["---"] * len(table.axes) + ["---:"] * len(table.columns)
    body = [_row([*map(escaped, line.labels), *map(_cell, line.entries)]) for line in table.lines]
    notes = "\n".join(f"* {escaped(note)}" for note in table.notes)
    return "\n".join([_row(heads), _row(rules), *body]) + f"\n\n{notes}\n"


def escaped(text: str) -> str:
    """`text` as Markdown that shows it literally. An underscore inside a word needs nothing."""
    safe = "".join(_ENTITIES.get(character, character) for character in _ESCAPED.sub(r"\\\1", printable(text)))
    return _ADDRESS.sub(r"\1\.", _EDGE_UNDERSCORE.sub(r"\\_", safe)).replace("://", r":\/\/")


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _head(column: Column) -> str:
    return f"{escaped(column.metric)} {column.arrow}"


def _cell(entry: Entry | None) -> str:
    if entry is None:
        return ""
    mean = f"**{entry.mean}**" if entry.best else entry.mean
    return " ".join(part for part in (mean, entry.interval, f"({entry.count})") if part)
