"""Finished runs, read back: rows and explanations from their folders, pictures from their store."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from numpy import ndarray
from pydantic import TypeAdapter, ValidationError

from bench.artifacts import Explanation, ScoreRow, Truth, Unit, UnitRecord, UnitTraversals
from bench.attention.pictures import looked_at
from bench.build import build
from bench.canonical import canonical
from bench.errors import DataError
from bench.interfaces import Dataset
from bench.plan import Kind, Stage
from bench.reports.rows import read_rows
from bench.stages import Stages
from bench.store import Store

SAID = ("text", "answers", "certainty", "prompt", "failure", "usage")


@dataclass(frozen=True)
class PastRun:
    """What one run left behind; `facts` is its `run.json`."""

    facts: Mapping[str, Any]
    rows: Sequence[ScoreRow]
    records: Sequence[UnitRecord]


def past_runs(folders: Sequence[Path], store: Path | None = None) -> list[PastRun]:
    """The runs in these folders, or one level below them (a multirun). `store` is where they left it unless given.

    Raises `DataError` for a folder without a run, a damaged file, and pictures that are no longer in the store.
    """
    return [_run(path, store) for folder in folders for path in _paths(folder)]


def _paths(folder: Path) -> list[Path]:
    found = [folder] if (folder / "run.json").is_file() else sorted(path.parent for path in folder.glob("*/run.json"))
    if not found:
        raise DataError(f"expected the folder of a run, with run.json, at {folder}, found none; give outputs/<date>/<time>")
    return found


def _run(folder: Path, store: Path | None) -> PastRun:
    facts = _json(folder / "run.json")
    try:
        keys = {canonical(cell["cell"]): cell["keys"] for cell in facts["cells"]}
        stages = Stages(Store(store or _store(folder, Path(facts["config"]["runtime"]["folders"]["store"]))))
    except (KeyError, TypeError) as error:
        raise DataError(f"{folder / 'run.json'}: expected what a run writes, got {error}; run the same command again") from error
    rows = read_rows(folder / "rows.jsonl") if (folder / "rows.jsonl").exists() else []
    return PastRun(facts, rows, list(_records(folder / "explanations.jsonl", keys, stages, _dataset(facts))))


def _dataset(facts: Mapping[str, Any]) -> dict[str, Dataset]:
    """The dataset of a run's first cell, which is the one whose configuration it keeps; of other cells only maps are shown."""
    name, node = facts["cells"][0]["cell"].get("dataset"), facts["config"].get("dataset")
    return {str(name): build(node, "dataset", {})} if node else {}


def _store(folder: Path, named: Path) -> Path:
    """A run names its store from where it was started; its outputs lie three levels below that, four in a multirun."""
    places = [named, *(parent / named for parent in folder.resolve().parents[2:4])]
    return next((place for place in places if place.is_dir()), named)


def _records(
    path: Path, keys: Mapping[str, Mapping[str, str]], stages: Stages, datasets: Mapping[str, Dataset]
) -> Iterator[UnitRecord]:
    shown: dict[str, dict[str, tuple[Unit, ndarray]]] = {}
    for number, line in enumerate(_lines(path), 1):
        try:
            told = json.loads(line)
            key = keys[canonical(told["cell"])]
            if key["traverse"] not in shown:
                shown[key["traverse"]] = _shown(stages.units(_stage("traverse", key)))
            unit, strip = shown[key["traverse"]][told["unit"]]
            truth = None if told["truth"] is None else _adapter(Truth).validate_python(told["truth"] | {"unit": told["unit"]})
            said, dataset = _said(told, key, stages), datasets.get(str(told["cell"].get("dataset")))
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            raise DataError(f"{path}, line {number}: expected an explanation of a cell of the run, got {error}") from error
        yield UnitRecord(told["cell"], unit, truth, said, strip, looked_at(said, dataset) if dataset else None)


def _shown(units: Sequence[UnitTraversals]) -> dict[str, tuple[Unit, ndarray]]:
    """By name each unit and its first strip, copied so that the others can be forgotten."""
    return {unit.unit.name: (unit.unit, unit.shown[0].images.copy()) for unit in units}


def _said(told: Mapping[str, Any], key: Mapping[str, str], stages: Stages) -> Explanation:
    """The explanation as it is in the store, with its maps; one whose stage was not kept, as the run wrote it down."""
    if stages.store.has("explain", key["explain"]):
        kept: Sequence[Explanation] = stages.read(_stage("explain", key))
        stages.loose[key["explain"]] = kept
        return next(said for said in kept if said.unit == told["unit"])
    plain = {name: told["explanation"][name] for name in SAID}
    written: Explanation = _adapter(Explanation).validate_python(plain | {"unit": told["unit"]})
    return written


def _stage(kind: Kind, key: Mapping[str, str]) -> Stage:
    return Stage(kind, key[kind], {}, {}, {})


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"expected the facts of a run at {path}, cannot read them: {error}; run the same command again") from error


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text(encoding="utf-8").split("\n") if line]
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"expected the explanations of a run at {path}, cannot read them: {error}") from error


@cache
def _adapter(kind: Any) -> Any:
    return TypeAdapter(kind)
