"""What the units of models mean, and how disentangled their codes are: `latentbench truth`."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bench import codecs
from bench.artifacts import Truth
from bench.compose import composer
from bench.disentanglement.dci import Backend
from bench.disentanglement.panel import Score, panel, silent
from bench.errors import ConfigError
from bench.plan import CellPlan, Plan, Stage
from bench.reports.listing import Listing
from bench.reports.publish import publish
from bench.reports.spreadsheet import literal
from bench.runner import complete
from bench.session import prepare
from bench.stages import Stages
from bench.truth.encoded import Autoencoder, Encoder, OnceEncoded, codes_of_grid
from bench.truth.recovered import RecoveredTruth
from bench.truth.table import COLUMNS, table

TERMINAL_WIDTH = 200
NAMES = ("unit", "status", "does")
READING = "Columns of factors: share of the change in pictures / part of the variance of the code."
Row = Mapping[str, str | float | None]


@dataclass(frozen=True)
class Labelled:
    """One model: its name, what each of its units means, and the scores of its codes."""

    name: str
    truths: Sequence[Truth]
    scores: Sequence[Score]

    def listing(self) -> Listing:
        """A line a unit: what it does, the numbers that decided, and a column for each factor that plays a part."""
        rows = table(self.truths)
        numbers = [head for head in COLUMNS if any(row[head] is not None for row in rows)]
        factors = [key.removeprefix("share/") for key in (rows[0] if rows else ()) if key.startswith("share/")]
        factors = [name for name in factors if any(_numbers(row, name).strip("0./ ") for row in rows)]
        lines = tuple(
            (*_words(row), *(_shown(row[head]) for head in numbers), *(_numbers(row, f) for f in factors)) for row in rows
        )
        source = f"{self.name}; labels are {self.truths[0].source}." if self.truths else self.name
        notes = (source, READING, *map(_told, self.scores))
        return Listing((*NAMES, *(head.replace("_", " ") for head in numbers), *factors), lines, notes, names=len(NAMES))

    def facts(self) -> dict[str, Any]:
        """All of it as plain JSON."""
        return {"model": self.name, "units": [asdict(truth) for truth in self.truths], "scores": list(map(asdict, self.scores))}

    def write(self, folder: Path) -> list[Path]:
        """Write `truth.jsonl`, `table.csv`, `table.md` and `scores.json`, and return their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        codecs.save_records(folder, "truth", self.truths)
        rows = table(self.truths)
        texts = {
            "table.csv": _csv(rows),
            "table.md": f"# {self.name}\n\n{self.listing().markdown()}",
            "scores.json": json.dumps([asdict(score) for score in self.scores], indent=2) + "\n",
        }
        for name, text in texts.items():
            publish(folder / name, text)
        return [folder / "truth.jsonl", *(folder / name for name in texts)]


def labelled(overrides: Sequence[str], to: Path | None, backend: Backend) -> list[tuple[Labelled, list[Path]]]:
    """Label every model of these overrides, or take the labels from the store, score its codes, and write both.

    Files go into `to`, a folder of the day and time below the outputs unless given; several models have a folder each.
    Raises `ConfigError` for a model whose units nobody knows anything about.
    """
    with composer([*overrides, "until=label"]) as (fixed, axes):
        stages, planned, described = prepare(fixed, axes)
        folder = to or Path(described[0].config["runtime"]["folders"]["outputs"]) / f"{datetime.now():%Y-%m-%d/%H-%M-%S-%f}"
        models = {_label(cell).key: cell for cell in planned.cells}.values()
        names = [_name(cell, planned) for cell in models]
        if len(set(names)) < len(names):
            raise ConfigError(f"several models are called {', '.join(sorted(set(names)))}; label one at a time")
        found = []
        for cell, name in zip(models, names, strict=True):
            one = _labelled(cell, name, stages, backend)
            found.append((one, one.write(folder / name if len(names) > 1 else folder)))
        return found


def told(found: Sequence[tuple[Labelled, Sequence[Path]]], as_json: bool) -> str:
    """What the command prints: one table a model, its scores and the paths of its files."""
    if as_json:
        return json.dumps([one.facts() | {"files": list(map(str, paths))} for one, paths in found], indent=2)
    return "\n".join(f"{_printed(one.listing())}" + "".join(f"{path}\n" for path in paths) for one, paths in found)


def _labelled(cell: CellPlan, name: str, stages: Stages, backend: Backend) -> Labelled:
    label = _label(cell)
    _run(cell, stages, cell.fit)
    dataset, source = stages.dataset(cell.fit), stages.part(label, "truth")
    model = stages.part(cell.fit, "generator").load(dataset, stages.read(cell.fit))
    if not isinstance(model, Autoencoder) or not isinstance(source, RecoveredTruth):
        _run(cell, stages, label)
        lacks = "labels are not recovered from codes" if isinstance(model, Encoder) else "the model has no encoder"
        return Labelled(name, stages.read(label), silent(backend, lacks))
    once = OnceEncoded(model)
    stages.models[cell.fit.key] = once  # the labels and the scores come from the same codes
    _run(cell, stages, label)
    encoded = codes_of_grid(once, dataset, source.sample, source.seed)
    return Labelled(name, stages.read(label), panel(encoded, backend, source.seed))


def _run(cell: CellPlan, stages: Stages, stage: Stage) -> None:
    complete(Plan((cell,), (stage,)), stages, "label")


def _label(cell: CellPlan) -> Stage:
    if cell.label is None:
        raise ConfigError(f"model={cell.cell.labels['model']} has no source of truth; set truth@model.truth=recovered")
    return cell.label


def _name(cell: CellPlan, planned: Plan) -> str:
    """Dataset and model, and all further labels in which the cells of the plan differ."""
    labels = cell.cell.labels
    differs = [key for key in labels if len({str(one.cell.labels.get(key)) for one in planned.cells}) > 1]
    further = [f"{key}={labels[key]}" for key in differs if key not in ("dataset", "model", "seed")]
    seed = [f"s{labels['seed']}"] if "seed" in differs else []
    dataset, model = str(labels["dataset"]), str(labels["model"])
    named = model if model.startswith(f"{dataset}_") else f"{dataset}_{model}"
    return "_".join([named, *seed, *further]).replace("/", "-")


def _printed(listing: Listing) -> str:
    from rich.console import Console

    buffer = io.StringIO()
    Console(file=buffer, width=TERMINAL_WIDTH, no_color=True).print(listing)
    return "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())


def _csv(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([literal(head) for head in rows[0]] if rows else [])
    writer.writerows([literal(cell) if isinstance(cell, str) else cell for cell in row.values()] for row in rows)
    return text.getvalue()


def _words(row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in NAMES)


def _numbers(row: Row, factor: str) -> str:
    """The share of a factor in the pictures and, for labels from an encoder, what it explains of the code."""
    pair = (row.get(f"share/{factor}"), row.get(f"explained/{factor}"))
    return " / ".join(_shown(value) for value in pair if value is not None)


def _shown(value: str | float | None) -> str:
    return "" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


def _told(score: Score) -> str:
    value = f"undefined, {score.reason}" if score.value is None else f"{score.value:.3f}"
    return f"{score.name}: {value}" + (f" ({score.setting})" if score.setting else "")
