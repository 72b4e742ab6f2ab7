"""Freezes a trained model into a baseline: weights, the config that made them, a card, and the option that loads it."""

import hashlib
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import codecs
from bench.artifacts import Truth
from bench.cells import Cell
from bench.compose import composer
from bench.errors import ConfigError
from bench.plan import CellPlan
from bench.reports.markdown import escaped
from bench.runner import complete
from bench.session import prepare
from bench.stages import Stages
from bench.truth.table import table


@dataclass(frozen=True)
class Frozen:
    """What goes into a baseline: the cell that trained it, its weights and what each of its units means."""

    name: str
    overrides: Sequence[str]
    cell: Cell
    weights: Mapping[str, Any]
    truths: Sequence[Truth]


def freeze(overrides: Sequence[str], root: Path, name: str | None = None) -> list[Path]:
    """Train (or take from the store) and label the one model of these overrides, and write its baseline below `root`.

    Writes `baselines/<name>/{model.safetensors, config.yaml, card.md}` and `conf/model/<name>.yaml`, and returns their paths. The
    name is `<dataset>_<model>_s<seed>` unless given. Raises `ConfigError` for more than one cell, or for a model without training.
    """
    with composer([*overrides, "until=label"]) as (fixed, axes):
        stages, planned, described = prepare(fixed, axes)
        if len(planned.cells) != 1:
            raise ConfigError(f"expected the overrides of one model, got {len(planned.cells)} cells; freeze one seed at a time")
        one = planned.cells[0]
        if not stages.part(one.fit, "generator").trained:
            raise ConfigError(f"model={described[0].labels['model']} is not trained, so there is nothing to freeze")
        complete(planned, stages, "label")
    return write(_frozen(one, stages, overrides, name), root)


def _frozen(one: CellPlan, stages: Stages, overrides: Sequence[str], name: str | None) -> Frozen:
    labels = one.cell.labels
    truths = stages.read(one.label) if one.label else ()
    chosen = name or f"{labels['dataset']}_{labels['model']}_s{labels['seed']}"
    return Frozen(chosen, overrides, one.cell, stages.read(one.fit), truths)


def write(frozen: Frozen, root: Path) -> list[Path]:
    """Write the four files of a baseline below `root`."""
    folder = root / "baselines" / frozen.name
    folder.mkdir(parents=True, exist_ok=True)
    codecs.save_weights(folder, frozen.weights)
    weights = (folder / "weights.safetensors").rename(folder / "model.safetensors")
    texts = {
        folder / "config.yaml": "# The generator that made model.safetensors, as the option `model` composes it.\n"
        + _yaml(frozen.cell.raw["model"]["generator"]),
        folder / "card.md": card(frozen, weights.stat().st_size),
        root / "conf" / "model" / f"{frozen.name}.yaml": option(frozen, hashlib.sha256(weights.read_bytes()).hexdigest()),
    }
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [weights, *texts]


def option(frozen: Frozen, sha256: str) -> str:
    """The YAML of `model=<name>`."""
    node = {
        "_target_": "bench.models.baseline.Baseline",
        "name": frozen.name,
        "sha256": sha256,
        "generator": frozen.cell.raw["model"]["generator"],
    }
    first = f"# Frozen weights, no training. What made them and what they learnt: baselines/{frozen.name}/card.md\n"
    return first + _yaml({"defaults": [{"/truth@truth": "recovered"}, "_self_"], "generator": node})


def card(frozen: Frozen, size: int) -> str:
    """What made the weights, what each unit means, and the limits."""
    from bench.provenance import versions

    count = sum(value.size for value in frozen.weights.values())
    labels = frozen.cell.labels
    facts = {
        "made by": f"`latentbench freeze {shlex.join(frozen.overrides)}`",
        "use it": f"`latentbench dataset={labels['dataset']} model={frozen.name}`",
        "weights": f"{count:,} in float32, {size / 2**20:.1f} MB",
        "torch": versions()["torch"],
    }
    lines = [f"# {labels['model']} on {labels['dataset']}, seed {labels['seed']}", ""]
    lines += ["| | |", "|---|---|", *(f"| {key} | {value} |" for key, value in facts.items()), ""]
    lines += ["## What each unit means", "", "Recovered from encoder and decoder (`conf/truth/recovered.yaml`); nothing was chosen"]
    lines += ["by looking at it: one seed, whatever came out.", "", *_meanings(frozen.truths), "", "## Limits", ""]
    lines += ["The command gives these bits only on a like processor with the same torch; elsewhere it gives a model of the same"]
    lines += ["kind, perhaps with its latents in another order. The schedule is short: see the config."]
    return "\n".join(lines) + "\n"


def _meanings(truths: Sequence[Truth]) -> list[str]:
    rows = table(truths)
    if not rows:
        return ["Not known."]
    columns = [column for column in rows[0] if any(row[column] is not None for row in rows)]
    body = [[_cell(row[column]) for column in columns] for row in rows]
    return [f"| {' | '.join(cells)} |" for cells in (columns, ["---"] * len(columns), *body)]


def _cell(value: object) -> str:
    return "" if value is None else f"{value:.2f}" if isinstance(value, float) else escaped(str(value))


def _yaml(node: Any) -> str:
    import yaml

    return yaml.safe_dump(node, sort_keys=False, allow_unicode=True, width=132)
