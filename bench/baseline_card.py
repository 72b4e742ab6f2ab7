"""The card of a baseline: what made its weights, what each unit means, and the limits."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.artifacts import Truth
from bench.cells import Cell
from bench.reports.markdown import escaped
from bench.truth.table import table


@dataclass(frozen=True)
class Frozen:
    """What goes into a baseline: the cell that trained it, its weights and what each of its units means.

    `denoises` says that the model is one in which directions can be found; it has no units until they are.
    """

    name: str
    overrides: Sequence[str]
    cell: Cell
    weights: Mapping[str, Any]
    truths: Sequence[Truth]
    denoises: bool


def default_name(cell: Cell) -> str:
    """`<dataset>_<model>_s<seed>`."""
    return f"{cell.labels['dataset']}_{cell.labels['model']}_s{cell.labels['seed']}"


def card(frozen: Frozen, size: int) -> str:
    """What made the weights, what each unit means, and the limits."""
    from bench.provenance import versions

    count = sum(value.size for value in frozen.weights.values())
    labels = frozen.cell.labels
    named = [] if frozen.name == default_name(frozen.cell) else ["--name", frozen.name]
    model = f"ddpm_directions denoiser@model.generator.denoiser={frozen.name}" if frozen.denoises else frozen.name
    facts = {
        "made by": f"`latentbench freeze {shlex.join([*frozen.overrides, *named])}`",
        "use it": f"`latentbench dataset={labels['dataset']} model={model}`",
        "weights": f"{count:,} in float32, {size / 2**20:.1f} MB",
        "torch": versions()["torch"],
    }
    lines = [f"# {labels['model']} on {labels['dataset']}, seed {labels['seed']}", ""]
    lines += ["| | |", "|---|---|", *(f"| {key} | {value} |" for key, value in facts.items()), ""]
    lines += ["## What each unit means", "", *_meanings(frozen), "", "## Limits", ""]
    lines += ["The command gives these bits only on a like processor with the same torch; elsewhere it gives a model of the same"]
    lines += [
        f"kind{'' if frozen.denoises else ', perhaps with its latents in another order'}. The schedule is short: see the config."
    ]
    return "\n".join(lines) + "\n"


def _meanings(frozen: Frozen) -> list[str]:
    if frozen.denoises:
        return ["It has no units of its own; `model=ddpm_directions` finds directions in it and labels them."]
    rows = table(frozen.truths)
    if not rows:
        return ["Not known."]
    columns = [column for column in rows[0] if any(row[column] is not None for row in rows)]
    body = [[_cell(row[column]) for column in columns] for row in rows]
    first = ["Recovered from encoder and decoder (`conf/truth/recovered.yaml`); nothing was chosen"]
    first += ["by looking at it: one seed, whatever came out.", ""]
    return [*first, *(f"| {' | '.join(cells)} |" for cells in (columns, ["---"] * len(columns), *body))]


def _cell(value: object) -> str:
    return "" if value is None else f"{value:.2f}" if isinstance(value, float) else escaped(str(value))
