"""The table of strips and explanations that W&B shows, one line per cell and unit."""

from collections.abc import Sequence
from typing import Any

from bench.artifacts import ScoreRow, UnitRecord
from bench.reports.gallery import picture
from bench.reports.printable import printable
from bench.reports.strips import tiled

MOST = 10_000  # lines of one table; W&B shows no more


def tables(rows: Sequence[ScoreRow], records: Sequence[UnitRecord]) -> dict[str, Any]:
    """`explanations`, and `explanations_2` and so on when there are more lines than one table may hold."""
    import wandb

    axes = list(dict.fromkeys(axis for record in records for axis in record.cell))
    metrics = list(dict.fromkeys(row.metric for row in rows if row.unit is not None))
    heads = [*axes, "unit", "status", "factors", "strip", "outcome", "text", "certainty", "answers", *metrics]
    lines = lines_of(rows, records, axes, metrics)
    parts = [lines[start : start + MOST] for start in range(0, len(lines), MOST)]
    return {
        "explanations" + (f"_{i}" if i > 1 else ""): wandb.Table(columns=heads, data=part, allow_mixed_types=True)
        for i, part in enumerate(parts, 1)
    }


def lines_of(
    rows: Sequence[ScoreRow], records: Sequence[UnitRecord], axes: Sequence[str], metrics: Sequence[str]
) -> list[list[Any]]:
    """The lines of the table; equal strips share one picture."""
    import wandb

    values = {(*sorted(row.cell.items()), row.unit, row.metric): row.value for row in rows}
    strips = {picture(record): record.strip for record in records}
    images = {name: wandb.Image(tiled(strip).squeeze()) for name, strip in strips.items()}
    return [
        [
            *(_plain(record.cell.get(axis)) for axis in axes),
            *_about(record, images[picture(record)]),
            *(values.get((*sorted(record.cell.items()), record.unit.name, metric)) for metric in metrics),
        ]
        for record in records
    ]


def _about(record: UnitRecord, image: Any) -> list[Any]:
    signs = {1: "+", -1: "-", None: "±"}
    effects = record.truth.effects if record.truth else ()
    said = record.explanation
    return [
        _plain(record.unit.name),
        record.truth.status if record.truth else None,
        _plain(", ".join(f"{signs[effect.sign]}{effect.factor}" for effect in effects)),
        image,
        _plain(said.failure or said.outcome),
        _plain(said.text),
        said.certainty,
        "\n".join(map(printable, said.answers)),
    ]


def _plain(label: Any) -> Any:
    return printable(label) if isinstance(label, str) else label
