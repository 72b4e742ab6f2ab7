"""From summaries to one table: a line per group, a column per metric, the best of each block, and notes that make it readable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.reports.direction import arrow, goodness
from bench.reports.notes import MARK, notes
from bench.reports.statistics import Label, Summary
from bench.reports.tally import Tally


@dataclass(frozen=True)
class Column:
    """One metric; the arrow says which way is better."""

    metric: str
    higher_is_better: bool | None

    @property
    def arrow(self) -> str:
        """Up when higher is better, down when lower is, "→0" when the nearest to 0 is."""
        return arrow(self.higher_is_better)


@dataclass(frozen=True)
class Entry:
    """One number of a table, as it is shown. `mean` is "—" where nothing was scored."""

    summary: Summary
    best: bool

    @property
    def mean(self) -> str:
        """The mean with three digits."""
        return "—" if self.summary.mean is None else _digits(self.summary.mean)

    @property
    def interval(self) -> str:
        """The interval, marked when it rests on few clusters; "" when there is none."""
        if self.summary.low is None or self.summary.high is None:
            return ""
        return f"[{_digits(self.summary.low)}, {_digits(self.summary.high)}]{MARK if self.summary.few_clusters else ''}"

    @property
    def count(self) -> str:
        """Scored out of all: the number of values and the coverage at once."""
        return f"{self.summary.scored}/{self.summary.total}"


@dataclass(frozen=True)
class Line:
    """One group of cells. `opens` is true for the first line of a block; a block is what is compared."""

    labels: tuple[str, ...]
    entries: tuple[Entry | None, ...]
    control: bool
    opens: bool


@dataclass(frozen=True)
class Table:
    """What every rendering shows. `notes` stand below; `compared` is the position of the axis that differs within a block."""

    axes: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    compared: int

    def shown(self, line: Line) -> tuple[str, ...]:
        """The labels of a line, with those that its block shares only on the first line of the block."""
        return tuple(label if line.opens or i == self.compared else "" for i, label in enumerate(line.labels))


def tabulate(
    summaries: Sequence[Summary], controls: Sequence[str] = (), tally: Tally | None = None, compared: str = "explainer"
) -> Table:
    """Pivot summaries: metrics become columns, and lines that differ in the axis `compared` alone form a block.

    `controls` are labels of that axis that are no candidates for the best of a block, since they read the truth or ignore the unit.
    """
    if not summaries:
        return Table((), (), (), ("Nothing was scored.",), 0)
    columns = tuple({s.metric: Column(s.metric, s.higher_is_better) for s in summaries}.values())
    groups: dict[tuple[Label, ...], dict[str, Summary]] = {}
    for summary in summaries:
        groups.setdefault(tuple(summary.group.values()), {})[summary.metric] = summary
    axes = tuple(summaries[0].group)
    at = axes.index(compared) if compared in axes else len(axes) - 1
    present = [control for control in controls if any(labels[at] == control for labels in groups)]
    lines = _lines(groups, columns, at, frozenset(controls))
    return Table(axes, columns, lines, tuple(notes(summaries, present, tally)), at)


def _lines(
    groups: Mapping[tuple[Label, ...], Mapping[str, Summary]], columns: Sequence[Column], at: int, controls: frozenset[str]
) -> tuple[Line, ...]:
    blocks: dict[tuple[Label, ...], list[tuple[Label, ...]]] = {}
    for labels in groups:
        blocks.setdefault(labels[:at] + labels[at + 1 :], []).append(labels)
    lines = []
    for block in blocks.values():
        candidates = [groups[labels] for labels in block if labels[at] not in controls]
        best = {column.metric: _best(candidates, column) for column in columns}
        for labels in block:
            control = labels[at] in controls
            entries = tuple(_entry(groups[labels].get(c.metric), c, best[c.metric], control) for c in columns)
            lines.append(Line(tuple(map(str, labels)), entries, control, labels == block[0]))
    return tuple(lines)


def _entry(summary: Summary | None, column: Column, best: str | None, control: bool) -> Entry | None:
    if summary is None:
        return None
    return Entry(summary, not control and summary.mean is not None and _size(summary.mean, column) == best)


def _best(candidates: Sequence[Mapping[str, Summary]], column: Column) -> str | None:
    """The best mean as it is shown, so that equal ones are all best; `None` where there is nothing to compare."""
    found = [group[column.metric].mean for group in candidates if column.metric in group]
    means = [mean for mean in found if mean is not None]
    return _size(max(means, key=lambda mean: goodness(mean, column.higher_is_better)), column) if len(means) > 1 else None


def _size(mean: float, column: Column) -> str:
    """The mean as it is shown; without its sign where 0 is best, for then both sides are alike."""
    return _digits(abs(mean) if column.higher_is_better is None else mean)


def _digits(value: float) -> str:
    shown = f"{value:.3f}"
    return "0.000" if shown == "-0.000" else shown
