"""What a bias changes: each label of the axis against the first, on the same units."""

from collections.abc import Sequence

from bench.artifacts import ScoreRow
from bench.reports.comparison import Comparison, compare
from bench.reports.direction import arrow
from bench.reports.figures.axes import COMPARED, levels, varied
from bench.reports.figures.figure import Figure, Panel, spread
from bench.reports.figures.scale import fitted
from bench.reports.figures.strip_plot import END, START, Dot, strip_plot
from bench.reports.listing import Listing

AXIS, PLAIN = "bias", "none"


def ablation(rows: Sequence[ScoreRow], controls: Sequence[str]) -> Figure | None:
    """A panel per metric, a line per explainer that is no control; `None` where the bias does not vary or nothing is paired."""
    kept = [row for row in rows if row.cell.get(COMPARED) not in controls and COMPARED in row.cell]
    if AXIS not in varied(kept):
        return None
    biases = levels(kept, AXIS)
    plain = PLAIN if PLAIN in biases else biases[0]
    both = {(row.cell[COMPARED], row.metric) for row in kept if row.cell[AXIS] == plain}
    paired = [row for row in kept if (row.cell[COMPARED], row.metric) in both]
    found = [c for c in compare(paired, axis=AXIS, against=plain, within=(COMPARED,)) if c.difference is not None]
    if not found:
        return None
    colours = [bias for bias in biases if bias != plain]
    names = [name for name in levels(kept, COMPARED) if any(c.group[COMPARED] == name for c in found)]
    widest = {row.metric: row.bounds[1] - row.bounds[0] for row in kept}
    metrics = dict.fromkeys(c.metric for c in found)
    panels = tuple(_panel([c for c in found if c.metric == m], names, colours, widest[m]) for m in metrics)
    about = (
        f"Paired difference to bias {plain} on the same units, with its 95 % interval; right of 0 is higher. Filled: beyond chance "
        "at 0.05 after Holm's adjustment for all differences shown."
    )
    return Figure("ablation", f"What each bias changes against {plain}", about, panels, tuple(map(str, colours)), _table(found))


def _panel(part: Sequence[Comparison], names: Sequence[object], colours: Sequence[object], widest: float) -> Panel:
    head = f"{part[0].metric} {arrow(part[0].higher_is_better)}"
    values = [v for c in part for v in (c.low, c.difference, c.high) if v is not None]
    dots = [_dot(c, names, colours) for c in part]
    told = "; ".join(f"{c.group[COMPARED]}, {c.first}: {spread(c.difference, c.low, c.high, True)}" for c in part)
    scale = fitted(values, (-widest, widest), START, END, around=0.0)
    return Panel(head, strip_plot(list(map(str, names)), [False] * len(names), dots, len(colours), scale, f"{head}: {told}"))


def _dot(c: Comparison, names: Sequence[object], colours: Sequence[object]) -> Dot:
    name = c.group[COMPARED]
    about = f"{name}, {c.first} minus {c.second}: {spread(c.difference, c.low, c.high, True)}, {c.pairs} pairs"
    assert c.difference is not None
    return Dot(names.index(name), colours.index(c.first), c.difference, c.low, c.high, about, hollow=c.better is None)


def _table(found: Sequence[Comparison]) -> Listing:
    heads = ("metric", COMPARED, "bias", "against", "difference [95 % interval]", "p (Holm)", "pairs", "clusters")
    lines = tuple(
        (
            c.metric,
            str(c.group[COMPARED]),
            str(c.first),
            str(c.second),
            spread(c.difference, c.low, c.high, True),
            "—" if c.p_holm is None else f"{c.p_holm:.4f}",
            str(c.pairs),
            str(c.clusters),
        )
        for c in found
    )
    return Listing(heads, lines, (), 4)
