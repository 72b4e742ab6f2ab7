"""Cost against quality: what an answer takes in tokens, and how good it is."""

from collections.abc import Mapping, Sequence

from bench.artifacts import ScoreRow, UnitRecord
from bench.reports.direction import arrow
from bench.reports.figures.axes import COMPARED, hue
from bench.reports.figures.figure import Figure, Panel, spread
from bench.reports.figures.scale import Scale, decades, fitted
from bench.reports.figures.square_plot import X_END, X_START, Y_END, Y_START, Scales, Spot, square_plot
from bench.reports.listing import Listing
from bench.reports.statistics import Summary, summarise

TOKENS = ("prompt_tokens", "completion_tokens")


def cost(rows: Sequence[ScoreRow], records: Sequence[UnitRecord]) -> Figure | None:
    """A panel per metric; `None` where no explanation used tokens."""
    axis = hue(rows)
    by = (COMPARED, axis) if axis else (COMPARED,)
    used = _tokens(records, by)
    kept = [row for row in rows if tuple(row.cell.get(name) for name in by) in used]
    summaries = [s for s in summarise(kept, by) if s.mean is not None] if kept else []
    if not summaries:
        return None
    across = decades(list(used.values()), X_START, X_END)
    names = list(used)
    metrics = dict.fromkeys(s.metric for s in summaries)
    panels = tuple(_panel([s for s in summaries if s.metric == m], used, names, across) for m in metrics)
    lines = tuple(
        (s.metric, *map(str, s.group.values()), f"{used[tuple(s.group.values())]:,.0f}", spread(s.mean, s.low, s.high))
        for s in summaries
    )
    table = Listing(("metric", *by, "tokens a unit", "mean [95 % interval]"), lines, (), 1 + len(by))
    about = (
        "Mean score with its 95 % interval by the tokens that one unit takes, prompt and answers together; further left is cheaper."
    )
    return Figure("cost", "Cost and quality", about, panels, tuple(", ".join(map(str, name)) for name in names), table)


def _tokens(records: Sequence[UnitRecord], by: Sequence[str]) -> dict[tuple[object, ...], float]:
    """Tokens a unit, by group; groups that used none are left out."""
    found: dict[tuple[object, ...], list[float]] = {}
    for record in records:
        group = tuple(record.cell.get(name) for name in by)
        found.setdefault(group, []).append(sum(record.explanation.usage.get(name, 0.0) for name in TOKENS))
    return {group: sum(used) / len(used) for group, used in found.items() if sum(used)}


def _panel(
    part: Sequence[Summary], used: Mapping[tuple[object, ...], float], names: Sequence[tuple[object, ...]], across: Scale
) -> Panel:
    head = f"{part[0].metric} {arrow(part[0].higher_is_better)}"
    values = [v for s in part for v in (s.low, s.mean, s.high) if v is not None]
    scales = Scales(across, fitted(values, part[0].bounds, Y_START, Y_END), "tokens a unit", "mean")
    spots = [_spot(s, used, names) for s in part]
    return Panel(head, square_plot(scales, f"{head} by tokens a unit: " + "; ".join(spot.about for spot in spots), spots=spots))


def _spot(s: Summary, used: Mapping[tuple[object, ...], float], names: Sequence[tuple[object, ...]]) -> Spot:
    group = tuple(s.group.values())
    about = f"{', '.join(map(str, group))}: {used[group]:,.0f} tokens, {spread(s.mean, s.low, s.high)}"
    assert s.mean is not None
    return Spot(names.index(group), used[group], s.mean, s.low, s.high, about)
