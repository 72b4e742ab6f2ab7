"""Means with intervals and counts, by cell axes and metric."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.artifacts import ScoreRow
from bench.errors import ConfigError, DataError
from bench.reports.interval import interval

CLUSTER = ("dataset", "model", "seed")  # one trained model; its units are not independent of each other
FEW = 5  # with fewer clusters a percentile interval is far too narrow

Label = str | int | float


@dataclass(frozen=True)
class Summary:
    """One metric in one group of cells. `mean` is `None` when nothing was scored, `low` and `high` when fewer than two values were.

    Every value is scored, or not scored because the metric is undefined there, the explainer abstained, or it failed.
    """

    group: Mapping[str, Label]
    metric: str
    mean: float | None
    low: float | None
    high: float | None
    scored: int
    undefined: int
    abstained: int
    failed: int
    clusters: int
    higher_is_better: bool | None
    bounds: tuple[float, float]

    @property
    def total(self) -> int:
        """All values, scored or not."""
        return self.scored + self.undefined + self.abstained + self.failed

    @property
    def coverage(self) -> float:
        """The share of values that were scored."""
        return self.scored / self.total

    @property
    def few_clusters(self) -> bool:
        """True when there is an interval and it rests on too few clusters to be trusted."""
        return self.low is not None and self.clusters < FEW


def summarise(
    rows: Sequence[ScoreRow],
    by: Sequence[str] = ("model", "bias", "explainer"),
    draws: int = 10_000,
    seed: int = 0,
    statuses: Iterable[str] = (),
) -> list[Summary]:
    """One summary per group and metric, in the order in which they appear. `statuses` keeps units of these statuses only.

    With `statuses`, values of whole cells are left out: they cover units of every status. A doubled row raises `DataError`.
    """
    if not by:
        raise ConfigError("expected at least one axis to group by, such as explainer; got none")
    kept = _of_status(rows, frozenset(statuses))
    _unique(kept)
    groups: dict[tuple[tuple[Label, ...], str], list[ScoreRow]] = defaultdict(list)
    for row in kept:
        groups[_labels(row, by), row.metric].append(row)
    return [_summary(dict(zip(by, labels, strict=True)), group, draws, seed) for (labels, _), group in groups.items()]


def _of_status(rows: Sequence[ScoreRow], statuses: frozenset[str]) -> list[ScoreRow]:
    return [row for row in rows if not statuses or row.status in statuses]


def _unique(rows: Sequence[ScoreRow]) -> None:
    counts = Counter((tuple(sorted(row.cell.items())), row.unit, row.metric) for row in rows)
    doubled = [(dict(cell), unit, metric) for (cell, unit, metric), count in counts.items() if count > 1]
    if doubled:
        raise DataError(f"expected one row per cell, unit and metric; {len(doubled)} are doubled, the first is {doubled[0]}")


def _labels(row: ScoreRow, by: Sequence[str]) -> tuple[Label, ...]:
    lacking = [axis for axis in by if axis not in row.cell]
    if lacking:
        raise ConfigError(f"cannot group by {lacking}: the axes of a cell are {sorted(row.cell)}")
    return tuple(row.cell[axis] for axis in by)


def _summary(group: Mapping[str, Label], rows: Sequence[ScoreRow], draws: int, seed: int) -> Summary:
    first = rows[0]
    if any((row.higher_is_better, row.bounds) != (first.higher_is_better, first.bounds) for row in rows):
        raise DataError(f"rows of metric {first.metric!r} disagree on its direction or bounds; do not mix versions in one table")
    reasons = Counter(map(_reason, rows))
    clusters = _clusters(rows)
    values = [value for part in clusters for value in part]
    span = interval(clusters, draws, seed)
    summary = Summary(
        group=group,
        metric=first.metric,
        mean=math.fsum(values) / len(values) if values else None,
        low=span[0] if span else None,
        high=span[1] if span else None,
        scored=reasons["scored"],
        undefined=reasons["undefined"],
        abstained=reasons["abstained"],
        failed=reasons["failed"],
        clusters=len(clusters),
        higher_is_better=first.higher_is_better,
        bounds=first.bounds,
    )
    assert (summary.total, summary.scored) == (len(rows), len(values))
    return summary


def _reason(row: ScoreRow) -> str:
    """Why a row has no value, or that it has one. A failure with a value raises: it would count as an answer."""
    if row.value is None:
        return row.outcome if row.outcome in ("abstained", "failed") else "undefined"
    if row.outcome == "failed":
        raise DataError(f"metric {row.metric!r} gave {row.value} to unit {row.unit!r}, whose explanation failed; expected null")
    return "scored"


def _clusters(rows: Sequence[ScoreRow]) -> list[list[float]]:
    """The values of each cluster that has any, in an order that does not depend on that of the rows."""
    parts: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for row in rows:
        if row.value is not None:
            parts[tuple(repr(row.cell.get(axis)) for axis in CLUSTER)].append(row.value)
    return [sorted(parts[key]) for key in sorted(parts)]
