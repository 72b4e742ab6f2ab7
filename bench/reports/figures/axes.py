"""Which axes a sweep varies, and which one of them the colours of a figure tell apart."""

from collections.abc import Sequence

from bench.artifacts import ScoreRow
from bench.reports.statistics import Label

COMPARED = "explainer"
REPEATS = ("seed",)  # axes that repeat a cell instead of changing it
FIRST = ("bias", "client", "encoder", "traversal")  # what colours rather tell apart


def varied(rows: Sequence[ScoreRow]) -> list[str]:
    """The axes with more than one label, in the order of the cells; not those that repeat a cell."""
    found: dict[str, set[Label]] = {}
    for row in rows:
        for axis, label in row.cell.items():
            found.setdefault(axis, set()).add(label)
    return [axis for axis, labels in found.items() if len(labels) > 1 and axis not in REPEATS]


def lines_of(rows: Sequence[ScoreRow]) -> tuple[str, ...]:
    """The axes that make the lines of the overview: model, bias, whatever else varies, and the explainer."""
    axes, wanted = list(rows[0].cell) if rows else [], varied(rows)
    always = [axis for axis in axes if axis in ("model", "bias") or (axis in wanted and axis != COMPARED)]
    return (*always, *([COMPARED] if COMPARED in axes else [])) or tuple(axes[:1])


def hue(rows: Sequence[ScoreRow]) -> str | None:
    """The axis that colours tell apart beside explainers; `None` when nothing else varies."""
    others = [axis for axis in varied(rows) if axis != COMPARED]
    return next((axis for axis in FIRST if axis in others), others[0] if others else None)


def levels(rows: Sequence[ScoreRow], axis: str) -> list[Label]:
    """The labels of an axis in order of appearance."""
    return list(dict.fromkeys(row.cell[axis] for row in rows if axis in row.cell))
