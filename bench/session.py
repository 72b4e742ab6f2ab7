"""One run from overrides to files: compose, check, plan, execute, and write what came out."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import check, results
from bench.artifacts import ScoreRow, UnitRecord
from bench.cells import Cell, cells
from bench.plan import Plan, plan
from bench.progress import progress
from bench.runner import Ledger, execute
from bench.stages import Stages
from bench.store import Store


@dataclass(frozen=True)
class Finished:
    """A run that is over: what was planned, what was done, and the rows and records that came out."""

    plan: Plan
    ledger: Ledger
    rows: Sequence[ScoreRow]
    records: Sequence[UnitRecord]
    config: Mapping[str, Any]
    overrides: Sequence[str]
    usage: Mapping[str, Any]
    seconds: float


def benchmark(overrides: Sequence[str], axes: Mapping[str, Any]) -> Finished:
    """Run every cell that the overrides describe, up to `until`. Needs an initialised Hydra.

    Raises when the configuration is wrong, or when not one cell came through; else failures are in the ledger.
    """
    started = time.perf_counter()
    stages, planned, described = prepare(overrides, axes)
    config = described[0].config
    with progress(planned, stages.store, config["until"]) as done:
        ledger = execute(planned, stages, config["until"], done)
    if all(cell.fit.key in ledger.failed or cell.explain.key in ledger.failed for cell in planned.cells):
        raise next(iter(ledger.failed.values()))
    until, broken = config["until"], set(ledger.failed)
    rows = results.rows(planned, stages, broken) if until == "score" else []
    records = results.records(planned, stages, broken) if until in ("explain", "score") else []
    return Finished(planned, ledger, rows, records, config, tuple(overrides), stages.usage(), time.perf_counter() - started)


def prepare(overrides: Sequence[str], axes: Mapping[str, Any]) -> tuple[Stages, Plan, list[Cell]]:
    """Compose, check and plan; nothing is run. Raises one `ConfigError` with all faults."""
    described = cells(overrides, axes)
    shared: dict[str, Any] = {}
    check.check(described, shared)
    store = Store(Path(described[0].config["runtime"]["folders"]["store"]))
    return Stages(store, parts=shared), plan(described), described


def run(overrides: Sequence[str], folder: Path, group: str | None = None) -> int:
    """Run and write everything into `folder`; the exit code is 1 when a stage or a unit failed, else 0.

    `group` names the sweep that the run is one of.
    """
    from bench.outputs import write_all

    return write_all(benchmark(overrides, {}), folder, group)
