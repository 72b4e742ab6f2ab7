"""A table as CSV for other programs: full precision, one column a number, and no cell that a spreadsheet would run as a formula."""

import csv
import io

from bench.reports.printable import printable
from bench.reports.statistics import Summary
from bench.reports.tables import Table

_STARTS_FORMULA = tuple("=+-@|＝＋－＠")  # noqa: RUF001  spreadsheets in East Asian locales take the wide ones too
_NUMBERS = ("mean", "low", "high", "scored", "undefined", "abstained", "failed", "clusters", "few_clusters")


def as_csv(table: Table) -> str:
    """One line a group; `<metric>` is the mean, `<metric>/low` and so on the rest. A number that is not defined is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    heads = [name for column in table.columns for name in _heads(column.metric)]
    writer.writerow([*map(literal, table.axes), *map(literal, heads)])
    for line in table.lines:
        numbers = [cell for entry in line.entries for cell in _numbers(entry.summary if entry else None)]
        writer.writerow([*map(literal, line.labels), *numbers])
    return text.getvalue()


def literal(text: str) -> str:
    """`text` on one line; what a spreadsheet would take for a formula gets an apostrophe in front, unless it is a number."""
    safe = printable(text)
    return f"'{safe}" if safe.startswith(_STARTS_FORMULA) and not _is_number(safe) else safe


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _heads(metric: str) -> list[str]:
    return [metric, *(f"{metric}/{name}" for name in _NUMBERS[1:])]


def _numbers(summary: Summary | None) -> list[str]:
    if summary is None:
        return [""] * len(_NUMBERS)
    values = (getattr(summary, name) for name in _NUMBERS)
    return ["" if value is None else repr(value) for value in values]
