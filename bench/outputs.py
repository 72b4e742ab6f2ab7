"""What a run leaves behind: `rows.jsonl`, `explanations.jsonl`, tables, `report.html`, `run.json` and the tracker's run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import provenance
from bench.build import build
from bench.canonical import canonical
from bench.errors import BenchError, DataError
from bench.reports.latex import as_latex
from bench.reports.markdown import as_markdown
from bench.reports.publish import publish
from bench.reports.report import report
from bench.reports.rows import write_explanations, write_rows
from bench.reports.sensitivity_table import tables
from bench.reports.spreadsheet import as_csv
from bench.reports.statistics import Summary, summarise
from bench.reports.tables import Table, tabulate
from bench.reports.tally import Tally, tally
from bench.reports.terminal import Printed, closing
from bench.reports.wandb_artifacts import SUBMISSION
from bench.session import Finished

CAPTION = "All units, by model, bias and explainer."
TABLES = ("table.md", "table.csv", "table.tex", "report.html", "sensitivity.md")
WRITTEN = (
    "rows.jsonl",
    "explanations.jsonl",
    *TABLES,
    "run.json",
    "submission/*.jsonl",
    "wandb/*-run-*",
)  # if made


def write_all(finished: Finished, folder: Path, group: str | None = None) -> int:
    """Write every file, print the table, and return the exit code: 1 when a stage or a unit failed, else 0.

    `group` is what a tracker keeps the runs of one sweep under; the name of the run unless given.
    """
    counts = tally(finished.records)
    facts = _facts(finished, counts)
    publish_json(folder / "run.json", facts)
    table = None
    if finished.records:
        write_explanations(folder / "explanations.jsonl", finished.records)
    if finished.rows:
        summaries = summarise(finished.rows)
        table = tabulate(summaries, finished.config["controls"], counts)
        _write_results(finished, table, facts, folder)
        _submission(finished, folder)
        _track(finished, summaries, folder, group or str(finished.config["name"]))
    paths = [path for pattern in WRITTEN for path in folder.glob(pattern)]
    _print(finished, counts, table, paths)
    return 1 if finished.ledger.failed or counts.failed else 0


def publish_json(path: Path, value: Any) -> Path:
    """Write one JSON file and return its path."""
    publish(path, canonical(value) + "\n")
    return path


def _write_results(finished: Finished, table: Table, facts: Mapping[str, Any], folder: Path) -> None:
    config = finished.config
    controls = config["controls"]
    write_rows(folder / "rows.jsonl", finished.rows)
    clean = tabulate(summarise(finished.rows, statuses=["clean"]), controls)
    publish(folder / "table.md", f"# All units\n\n{as_markdown(table)}\n# Clean units only\n\n{as_markdown(clean)}")
    publish(folder / "table.csv", as_csv(table))
    publish(folder / "table.tex", as_latex(table, CAPTION, f"tab:{config['name']}"))
    if config["sensitivity"]:
        publish(folder / "sensitivity.md", tables(folder, config["sensitivity"]))
    publish(folder / "report.html", report(finished.rows, finished.records, [facts]))


def _submission(finished: Finished, folder: Path) -> None:
    """Pack a run of a leaderboard's task. One that cannot be published says why and is not packed."""
    from bench.leaderboards.pack import pack
    from bench.leaderboards.tasks import tasks

    if finished.config["name"] not in tasks() or finished.ledger.failed:
        return
    try:
        packed = pack(folder)
        publish(folder / SUBMISSION / f"{packed.header.submission}.jsonl", packed.text())
    except DataError as error:
        _say_error(f"no submission: {error}")


def _track(finished: Finished, summaries: Sequence[Summary], folder: Path, group: str) -> None:
    config = finished.config
    if config["tracker"] is not None:
        tracker = build(config["tracker"], "tracker")
        tracker(finished.rows, finished.records, summaries, config, folder, group)


def _facts(finished: Finished, counts: Tally) -> dict[str, Any]:
    ledger = finished.ledger
    return {
        "command": _command(finished.overrides),
        "config": finished.config,
        "cells": [
            {"cell": dict(cell.cell.labels), "keys": {stage.kind: stage.key for stage in cell.stages()[:4]}}
            for cell in finished.plan.cells
        ],
        "stages": {"run": dict(ledger.ran), "cached": dict(ledger.cached), "failed": _errors(ledger.failed)},
        "units": {"answered": counts.answered, "abstained": counts.abstained, "failed": counts.failed, "kinds": dict(counts.kinds)},
        "chat": finished.usage,
        "versions": dict(provenance.versions()),
        "commit": provenance.commit(),
        "seconds": finished.seconds,
    }


def _errors(failed: dict[str, BenchError]) -> dict[str, str]:
    return {key: str(error) for key, error in failed.items()}


def _print(finished: Finished, counts: Tally, table: Table | None, paths: Sequence[Path]) -> None:
    from rich.console import Console

    console = Console()
    if table is not None:
        console.print(Printed(table))
    console.print(closing(counts, finished.ledger.ran, finished.ledger.cached, paths), soft_wrap=True)
    for message in dict.fromkeys(_errors(finished.ledger.failed).values()):
        _say_error(f"failed: {message}")


def _say_error(message: str) -> None:
    from rich.console import Console

    Console(stderr=True).print(message, markup=False, highlight=False)


def _command(overrides: Sequence[str]) -> str:
    return " ".join(["latentbench", *overrides])
