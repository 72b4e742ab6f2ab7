"""From cells to unique stages. Keys chain, so the plan says what is cached before anything runs.

A stage's key is the digest of `[kind, version, recipe of its components, keys of its inputs]`; two cells that agree on all of it
share the stage.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bench.build import TARGET, target
from bench.canonical import digest
from bench.cells import Cell
from bench.datasets.references import unit_references
from bench.recipes import recipe
from bench.store import Store

Kind = Literal["fit", "traverse", "label", "explain", "score"]
KINDS: tuple[Kind, ...] = ("fit", "traverse", "label", "explain", "score")
# Raised when the pipeline itself changes what a stage puts out, beside the versions of the components.
VERSIONS: Mapping[Kind, int] = {"fit": 1, "traverse": 2, "label": 1, "explain": 1, "score": 1}


@dataclass(frozen=True)
class Stage:
    """One computation. `recipe` is all that its output depends on; `parts` are the resolved nodes that `build` makes objects of."""

    kind: Kind
    key: str
    recipe: Mapping[str, Any]
    parts: Mapping[str, Any] = field(compare=False)
    inputs: Mapping[str, "Stage"] = field(compare=False)


@dataclass(frozen=True)
class CellPlan:
    """The stages of one cell. `scores` has one stage a metric; `label` is `None` where nobody knows what the units mean."""

    cell: Cell
    fit: Stage
    traverse: Stage
    label: Stage | None
    explain: Stage
    scores: Mapping[str, Stage]

    def stages(self) -> list[Stage]:
        """All stages, inputs before what needs them."""
        return [stage for stage in (self.fit, self.traverse, self.label, self.explain, *self.scores.values()) if stage]


@dataclass(frozen=True)
class Plan:
    """All cells of a run, and the unique stages behind them in the order in which they run."""

    cells: tuple[CellPlan, ...]
    stages: tuple[Stage, ...]

    def missing(self, store: Store, until: Kind = "score") -> list[Stage]:
        """The stages up to `until` that the store does not hold yet."""
        wanted = KINDS[: KINDS.index(until) + 1]
        return [stage for stage in self.stages if stage.kind in wanted and not store.has(stage.kind, stage.key)]


def plan(cells: Sequence[Cell]) -> Plan:
    """Expand cells into unique stages: kind by kind, and within a kind grouped by model, so that one model is held at a time."""
    planned = tuple(_cell(cell) for cell in cells)
    unique = {stage.key: stage for cell in planned for stage in cell.stages()}
    return Plan(planned, tuple(sorted(unique.values(), key=lambda stage: KINDS.index(stage.kind))))


def _cell(cell: Cell) -> CellPlan:
    config, seed = cell.config, int(cell.config["seed"])
    generator = ("model", "generator")
    trained = target(config["model"]["generator"][TARGET], "model.generator").trained
    fit = _stage("fit", cell, {"dataset": ("dataset",), "generator": generator}, {}, seed=seed if trained else None)
    traverse = _stage("traverse", cell, {"moves": ("bias", "moves")}, {"fit": fit}, seed=seed)
    label = _stage("label", cell, {"truth": ("model", "truth")}, {"fit": fit}) if config["model"]["truth"] else None
    seen = {"traverse": traverse} | ({"label": label} if label else {})
    explain = _stage("explain", cell, {"explainer": ("explainer",), "words": ("bias", "words")}, seen, seed=seed)
    judged, human = seen | {"explain": explain}, {} if trained else _references(cell)
    scores = {name: _stage("score", cell, {"metric": ("metric", name)}, judged, **human) for name in config["metric"]}
    return CellPlan(cell, fit, traverse, label, explain, scores)


def _references(cell: Cell) -> dict[str, Any]:
    """What people wrote about the units, as a part of a recipe only where there is any: without it keys stay as they are.

    Words are about one model: one whose generator is overridden on the command line, or that is trained anew, is another.
    """
    if any(axis.startswith("model.") for axis in cell.labels):
        return {}
    found = unit_references(str(cell.labels["dataset"]), str(cell.labels["model"]))
    return {"references": found} if found else {}


def _stage(kind: Kind, cell: Cell, nodes: Mapping[str, Sequence[str]], inputs: Mapping[str, Stage], **settings: Any) -> Stage:
    parts = {name: _at(cell.config, path) for name, path in nodes.items()}
    recipes = {name: recipe(parts[name], _at(cell.raw, path), cell.raw) for name, path in nodes.items()}
    keys = {name: stage.key for name, stage in inputs.items()}
    whole = {"stage": kind, "version": VERSIONS[kind], "config": recipes | settings, "inputs": keys}
    return Stage(kind, digest(whole), whole, parts | settings, inputs)


def _at(config: Mapping[str, Any], path: Sequence[str]) -> Any:
    node: Any = config
    for key in path:
        node = node[key]
    return node
