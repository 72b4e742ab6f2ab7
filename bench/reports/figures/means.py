"""Metric × explainer: every mean with its interval."""

from collections.abc import Sequence

from bench.artifacts import ScoreRow
from bench.reports.direction import arrow
from bench.reports.figures.axes import COMPARED, hue, levels
from bench.reports.figures.figure import Figure, Panel, spread
from bench.reports.figures.scale import fitted
from bench.reports.figures.strip_plot import END, START, Dot, strip_plot
from bench.reports.listing import Listing
from bench.reports.statistics import Summary, summarise


def means(rows: Sequence[ScoreRow], controls: Sequence[str]) -> Figure | None:
    """A panel per metric; `None` without scored values or without explainers."""
    if not any(row.value is not None for row in rows) or any(COMPARED not in row.cell for row in rows):
        return None
    axis = hue(rows)
    summaries = summarise(rows, (COMPARED, axis) if axis else (COMPARED,))
    names, colours = levels(rows, COMPARED), levels(rows, axis) if axis else []
    panels = tuple(_panel(part, names, colours, controls) for part in _by_metric(summaries))
    other = f", coloured by {axis}" if axis else ""
    about = (
        f"Mean and 95 % interval over all units{other}; all else that cells differ in is pooled. Explainers in grey are controls."
    )
    return Figure("means", "Scores by explainer", about, panels, tuple(map(str, colours)), _table(summaries, axis))


def _by_metric(summaries: Sequence[Summary]) -> list[list[Summary]]:
    found: dict[str, list[Summary]] = {}
    for summary in summaries:
        found.setdefault(summary.metric, []).append(summary)
    return list(found.values())


def _panel(part: Sequence[Summary], names: Sequence[object], colours: Sequence[object], controls: Sequence[str]) -> Panel:
    known = [s for s in part if s.mean is not None]
    values = [v for s in known for v in (s.low, s.mean, s.high) if v is not None]
    dots = [_dot(s, names, colours) for s in known]
    head = f"{part[0].metric} {arrow(part[0].higher_is_better)}"
    told = f"{head}: " + "; ".join(f"{', '.join(map(str, s.group.values()))} {spread(s.mean, s.low, s.high)}" for s in known)
    scale = fitted(values, part[0].bounds, START, END)
    faint = [name in controls for name in names]
    return Panel(head, strip_plot(list(map(str, names)), faint, dots, len(colours), scale, told))


def _dot(s: Summary, names: Sequence[object], colours: Sequence[object]) -> Dot:
    label, *colour = s.group.values()
    series = colours.index(colour[0]) if colour else 0
    about = f"{', '.join(map(str, s.group.values()))}: {spread(s.mean, s.low, s.high)}, {s.scored} of {s.total} scored"
    assert s.mean is not None
    return Dot(names.index(label), series, s.mean, s.low, s.high, about)


def _table(summaries: Sequence[Summary], axis: str | None) -> Listing:
    heads = ("metric", COMPARED, *([axis] if axis else []), "mean [95 % interval]", "scored")
    lines = tuple(
        (s.metric, *map(str, s.group.values()), spread(s.mean, s.low, s.high), f"{s.scored}/{s.total}") for s in summaries
    )
    return Listing(heads, lines, (), len(heads) - 2)
