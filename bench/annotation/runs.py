"""What annotation reads of a finished run: its cells, what explainers said in them, and the pictures that they were shown."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import codecs
from bench.artifacts import UnitTraversals
from bench.canonical import canonical
from bench.errors import DataError

Labels = Mapping[str, str | int | float]


@dataclass(frozen=True)
class RunCell:
    """One cell: its labels, the keys of its stages, and by unit what was said; `None` for an abstention or a failure."""

    labels: Labels
    keys: Mapping[str, str]
    said: Mapping[str, str | None]


@dataclass(frozen=True)
class Run:
    """A folder that a run wrote, and where its store lies."""

    folder: Path
    store: Path
    cells: tuple[RunCell, ...]

    def units(self, cell: RunCell) -> tuple[UnitTraversals, ...]:
        """The traversals of a cell. Raises `DataError` when they are no longer there."""
        path = self.store / "traverse" / cell.keys["traverse"]
        if not path.is_dir():
            raise DataError(
                f"expected the pictures of {self.folder} at {path}, found none: name the store with --store, or run the same "
                "command again"
            )
        return codecs.load_traversals(path)

    def frozen(self, cell: RunCell) -> bool:
        """True when a unit's name means the same whenever the model is used: nothing is trained with the seed or overridden."""
        if any(axis.startswith("model.") for axis in cell.labels):
            return False
        recipe = _json(self.store / "fit" / cell.keys["fit"] / "recipe.json")
        return recipe["config"]["seed"] is None


def read_runs(folders: Sequence[Path], store: Path | None = None) -> list[Run]:
    """The runs in these folders, or one level below them (a multirun). Raises `DataError` for a folder without any."""
    runs = []
    for folder in folders:
        found = [folder] if (folder / "run.json").is_file() else sorted(path.parent for path in folder.glob("*/run.json"))
        if not found:
            raise DataError(f"expected the folder of a run with run.json, got {folder}; give outputs/<date>/<time>")
        runs += [_run(path, store) for path in found]
    return runs


def _run(folder: Path, store: Path | None) -> Run:
    run, said = _json(folder / "run.json"), _said(folder / "explanations.jsonl")
    try:
        named = Path(run["config"]["runtime"]["folders"]["store"])
        told = {canonical(cell["cell"]): cell for cell in run["cells"]}
        cells = tuple(RunCell(cell["cell"], cell["keys"], said[name]) for name, cell in told.items() if name in said)
    except (KeyError, TypeError) as error:
        raise DataError(f"{folder / 'run.json'}: expected what a run writes, got {error}; run the same command again") from error
    # A run names its store relative to the folder it was started in, which its outputs lie three levels below.
    beside = folder.resolve().parents[2] / named if len(folder.resolve().parents) > 2 else named
    return Run(folder, store or (named if named.is_dir() else beside), cells)


def _said(path: Path) -> dict[str, dict[str, str | None]]:
    found: dict[str, dict[str, str | None]] = {}
    for number, line in enumerate(_text(path).split("\n"), 1):
        if line:
            try:
                one = json.loads(line)
                found.setdefault(canonical(one["cell"]), {})[one["unit"]] = one["explanation"]["text"]
            except (ValueError, KeyError, TypeError) as error:
                raise DataError(f"{path}, line {number}: expected an explanation of a run, got {error}") from error
    return found


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except ValueError as error:
        raise DataError(f"{path}: expected JSON, got {error}; run the same command again") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"expected a file of a run at {path}, cannot read it: {error}") from error
