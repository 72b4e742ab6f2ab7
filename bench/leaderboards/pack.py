"""Packs what a run left behind into one submission."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.artifacts import ScoreRow
from bench.build import TARGET, target
from bench.canonical import canonical, digest
from bench.errors import DataError
from bench.leaderboards.leaks import leaks
from bench.leaderboards.shown import digests
from bench.leaderboards.submission import (
    FORMAT,
    CellRecord,
    Header,
    MetricFacts,
    Said,
    Scored,
    Submission,
    counted,
)
from bench.leaderboards.tasks import task
from bench.reports.rows import read_rows
from bench.store import Store

UNPUBLISHED = ("runtime.", "tracker", "hydra")  # overrides that say where and how fast, and not what


def pack(folder: Path, name: str | None = None, task_name: str | None = None) -> Submission:
    """The submission of a run folder, under a name made from its rows unless one is given.

    Raises `DataError` for a run that is not whole, or that holds what must not be published. The store of the run must still be
    there: recipes are read from it.
    """
    run = json.loads(_text(folder / "run.json"))
    if run["stages"]["failed"]:
        raise DataError(f"{folder}: {len(run['stages']['failed'])} stages failed; run the same command again, then submit")
    chosen = task(task_name or str(run["config"]["name"]))
    store = Store(Path(run["config"]["runtime"]["folders"]["store"]))
    rows = [row for row in read_rows(folder / "rows.jsonl") if row.metric in run["config"]["metric"]]
    said = [json.loads(line) for line in _text(folder / "explanations.jsonl").split("\n") if line]
    cells = _cells(run["cells"], rows, said, store)
    header = Header(
        format=FORMAT,
        submission=name or _named(chosen.name, rows),
        task=chosen.name,
        task_version=chosen.version,
        command=" ".join(part for part in str(run["command"]).split() if not part.lstrip("+").startswith(UNPUBLISHED)),
        metrics=_metrics(rows, store),
        explainers={cell.contestant: _recipe(store, "explain", cell.keys["explain"], "explainer") for cell in cells},
        datasets={str(row.cell["dataset"]): row.provenance["dataset"] for row in rows},
        provenance={key: value for key, value in rows[0].provenance.items() if key != "dataset"},
        counts=counted(cells),
    )
    made = Submission(header, cells)
    if found := list(leaks([json.loads(line) for line in made.text().split("\n") if line])):
        raise DataError("\n".join(f"cannot be published: {fault}" for fault in found[:20]))
    return made


def _named(task_name: str, rows: Sequence[ScoreRow]) -> str:
    """Equal rows give equal names."""
    return f"{task_name[:54]}_{digest([asdict(row) for row in rows])[:8]}"


def _cells(
    planned: Sequence[Mapping[str, Any]], rows: Sequence[ScoreRow], said: Sequence[Mapping[str, Any]], store: Store
) -> tuple[Any, ...]:
    scored: dict[str, list[ScoreRow]] = {}
    for row in rows:
        scored.setdefault(canonical(dict(row.cell)), []).append(row)
    told: dict[str, list[Mapping[str, Any]]] = {}
    for one in said:
        told.setdefault(canonical(one["cell"]), []).append(one)
    names = [canonical(cell["cell"]) for cell in planned]
    if lacking := [name for name in names if name not in scored or name not in told]:
        raise DataError(f"the run has no rows or no explanations of {len(lacking)} cells, the first is {lacking[0]}; run it again")
    return tuple(_cell(cell, scored[name], told[name], store) for cell, name in zip(planned, names, strict=True))


def _cell(planned: Mapping[str, Any], rows: Sequence[ScoreRow], said: Sequence[Mapping[str, Any]], store: Store) -> CellRecord:
    shown = digests(store, rows[0].keys["explain"]) if any("attention" in one["explanation"] for one in said) else {}
    values: dict[str, list[ScoreRow]] = {}
    for row in rows:
        values.setdefault(row.metric, []).append(row)
    return CellRecord(
        cell=planned["cell"],
        keys={kind: key for kind, key in rows[0].keys.items() if kind != "score"},
        units=tuple(one["unit"] for one in said),
        statuses=tuple(one["truth"]["status"] if one["truth"] else None for one in said),
        explanations=tuple(_said(one["explanation"], shown.get(one["unit"])) for one in said),
        scores={name: Scored(found[0].keys["score"], tuple(row.value for row in found)) for name, found in values.items()},
    )


def _said(explanation: Mapping[str, Any], maps: str | None) -> Said:
    lists = {name: tuple(explanation[name]) for name in ("answers", "images") if name in explanation}
    plain = {name: value for name, value in explanation.items() if name != "attention"}
    return Said(**{**plain, **lists, "maps": maps})


def _metrics(rows: Sequence[ScoreRow], store: Store) -> dict[str, MetricFacts]:
    found: dict[str, MetricFacts] = {}
    for row in rows:
        if row.metric not in found:
            recipe = _recipe(store, "score", row.keys["score"], "metric")
            scope = target(recipe[TARGET], row.metric).scope
            found[row.metric] = MetricFacts(recipe, scope, row.higher_is_better, row.bounds)
    return found


def _recipe(store: Store, kind: str, key: str, part: str) -> dict[str, Any]:
    path = store.folder(kind, key) / "recipe.json"
    if not path.exists():
        raise DataError(
            f"expected the recipe of a stage at {path}, found none: submit from the folder in which the run was started; a cell "
            "whose client could not be reached is not kept, run the same command again"
        )
    recipe: dict[str, Any] = json.loads(_text(path))["config"][part]
    return recipe


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"expected a file of a run at {path}, cannot read it: {error}") from error
