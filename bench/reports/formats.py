"""One table in every format that the command offers."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench.artifacts import ScoreRow
from bench.errors import DataError
from bench.reports.latex import as_latex
from bench.reports.markdown import as_markdown
from bench.reports.rows import read_rows
from bench.reports.spreadsheet import as_csv
from bench.reports.statistics import Summary, summarise
from bench.reports.tables import Table, tabulate
from bench.reports.terminal import Printed

TERMINAL_WIDTH = 160


def terminal(table: Table) -> str:
    """The table as plain text of a wide terminal."""
    from rich.console import Console

    buffer = io.StringIO()
    Console(file=buffer, width=TERMINAL_WIDTH, no_color=True).print(Printed(table))
    return buffer.getvalue()


FORMATS: Mapping[str, Callable[[Table], str]] = {
    "terminal": terminal,
    "markdown": as_markdown,
    "csv": as_csv,
    "latex": lambda table: as_latex(table, "Explanations of latent variables, scored.", "tab:latentbench"),
}


def gather(paths: Sequence[Path], metrics: Sequence[str]) -> list[ScoreRow]:
    """The rows of files, or of the `rows.jsonl` in folders; only those of `metrics` unless it is empty."""
    files = [path / "rows.jsonl" if path.is_dir() else path for path in paths]
    rows = [row for file in files for row in read_rows(file)]
    known = {row.metric for row in rows}
    if unknown := set(metrics) - known:
        raise DataError(f"no rows of metric {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
    return [row for row in rows if not metrics or row.metric in metrics]


def as_json(summaries: Sequence[Summary]) -> str:
    """Every summary with full precision."""
    return json.dumps([vars(summary) for summary in summaries], indent=2)


def table_text(rows: Sequence[ScoreRow], by: Sequence[str], statuses: Sequence[str], controls: Sequence[str], form: str) -> str:
    """The table of some rows in one of `FORMATS`, or `json`."""
    summaries = summarise(rows, by, statuses=statuses)
    return as_json(summaries) if form == "json" else FORMATS[form](tabulate(summaries, controls))
