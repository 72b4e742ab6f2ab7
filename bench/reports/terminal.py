"""What a run prints when it is done: the table, how units ended, what was computed and where the files are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table as RichTable
from rich.text import Text

from bench.reports.printable import printable
from bench.reports.tables import Column, Entry, Line, Table
from bench.reports.tally import Tally


@dataclass(frozen=True)
class Printed:
    """A table for the terminal, as many metrics side by side as fit, its notes below.

    Text of others can neither move the cursor nor change colours.
    """

    table: Table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for columns in _fitting(self.table, options.max_width):
            yield _drawn(self.table, columns)
            yield Text()
        yield from (Text(printable(note), style="dim") for note in self.table.notes)


def as_rich(table: Table) -> RenderableType:
    """The table, to be printed with rich; it fits itself to the width at hand."""
    return Printed(table)


def closing(counts: Tally, ran: Mapping[str, int], cached: Mapping[str, int], paths: Sequence[Path]) -> RenderableType:
    """The last lines of a run: outcomes of units if any was explained, stages run and found in the store, and the files written."""
    outcomes = [Text(outcome_line(counts))] if counts.total else []
    return Group(*outcomes, Text(stage_line(ran, cached)), *(Text(printable(str(path))) for path in paths))


def outcome_line(counts: Tally) -> str:
    """ "units: 110 answered, 7 abstained, 3 failed (timed_out 2, refused 1)"."""
    kinds = f" ({', '.join(f'{printable(kind)} {n}' for kind, n in counts.kinds.items())})" if counts.failed else ""
    return f"units: {counts.answered:,} answered, {counts.abstained:,} abstained, {counts.failed:,} failed{kinds}"


def stage_line(ran: Mapping[str, int], cached: Mapping[str, int]) -> str:
    """ "stages: 12 run, 30 cached", and in brackets the kinds of those that ran."""
    kinds = ", ".join(f"{kind} {n}" for kind, n in ran.items() if n)
    return f"stages: {sum(ran.values()):,} run{f' ({kinds})' if kinds else ''}, {sum(cached.values()):,} cached"


def _fitting(table: Table, width: int) -> list[list[int]]:
    """The positions of the metrics, divided so that each part is as wide as the terminal at most, if one metric fits at all."""
    parts: list[list[int]] = []
    left = 0
    for i, column in enumerate(table.columns):
        needed = 2 + max(cell_len(_head(column)), *(_cell(line.entries[i]).cell_len for line in table.lines))
        if not parts or needed > left:
            parts, left = [*parts, []], width - 2 - max(cell_len(name) for name in _names(table))
        parts[-1].append(i)
        left -= needed
    return parts


def _names(table: Table) -> list[str]:
    """Everything that stands in the first column."""
    blocks = [_block(table, line) for line in table.lines]
    return [*blocks, *(f"  {line.labels[table.compared]}" for line in table.lines), table.axes[table.compared]]


def _block(table: Table, line: Line) -> str:
    """What the lines of a block share; "" when there is but one axis."""
    return printable(" · ".join(label for i, label in enumerate(line.labels) if i != table.compared))


def _drawn(table: Table, columns: Sequence[int]) -> RichTable:
    drawn = RichTable(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    drawn.add_column(_text(table.axes[table.compared]), overflow="fold")
    for i in columns:
        drawn.add_column(_text(_head(table.columns[i])), justify="right", overflow="fold")
    for line in table.lines:
        block = _block(table, line)
        if line.opens and block:
            drawn.add_row(Text(block, style="italic"))
        name = Text("  " if block else "") + _text(line.labels[table.compared])
        drawn.add_row(name, *(_cell(line.entries[i]) for i in columns), style="dim" if line.control else "")
    return drawn


def _head(column: Column) -> str:
    return f"{column.metric} {column.arrow}"


def _cell(entry: Entry | None) -> Text:
    if entry is None:
        return Text()
    shown = Text(entry.mean, style="bold" if entry.best else "")
    return shown.append(f" {entry.interval}".rstrip(), style="not bold dim").append(f" {entry.count}", style="not bold dim")


def _text(text: str) -> Text:
    return Text(printable(text))
