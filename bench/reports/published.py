"""Rows of a run beside what others have published of the same dataset: a line a category, a column an explainer or a paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

import yaml

from bench.artifacts import ScoreRow
from bench.errors import DataError
from bench.reports.listing import Listing
from bench.reports.statistics import Summary, summarise
from bench.shipped import shipped

WHOLE = "all"  # the line of a dataset that has no categories
NONE = "—"


@dataclass(frozen=True)
class Published:
    """Published values of one metric by method and category. The category is on the axis `axis` of a cell, if there are any."""

    metric: str
    axis: str | None
    says: str
    values: Mapping[str, Mapping[str, float]]


def published(dataset: str) -> list[Published]:
    """What is written in `datasets/<dataset>/published.yaml`. Raises `DataError` for a dataset without such a file."""
    nodes = yaml.safe_load(shipped("datasets", dataset, "published.yaml").read_text(encoding="utf-8"))
    return [Published(n["metric"], n["axis"], n["says"], {m: _by_category(v) for m, v in n["values"].items()}) for n in nodes]


def beside(rows: Sequence[ScoreRow], known: Published) -> Listing:
    """The table of one dataset and metric. Raises `DataError` when the rows have nothing of it."""
    own = [row for row in rows if row.metric == known.metric]
    if not own:
        raise DataError(f"expected rows of {known.metric}, got those of {', '.join(sorted({row.metric for row in rows}))}")
    axes = [known.axis] if known.axis else []
    summaries = summarise(own, [*axes, "explainer"])
    ours: dict[str, dict[str, Summary]] = {}
    for summary in summaries:
        ours.setdefault(str(summary.group[known.axis]) if known.axis else WHOLE, {})[str(summary.group["explainer"])] = summary
    explainers = list(dict.fromkeys(name for found in ours.values() for name in found))
    lines = [_line(category, found, explainers, known) for category, found in ours.items()]
    lines += [_means(ours, explainers, known)] if len(ours) > 1 else []
    heads = (known.axis or "dataset", *explainers, *(f"{method} (published)" for method in known.values))
    notes = ("Ours: mean [95 % interval] and scored/all; the mean of a column is over categories, where all of them have a value.",)
    return Listing(heads, tuple(lines), (f"{known.metric}. {known.says}", *notes), 1)


def _line(category: str, found: Mapping[str, Summary], explainers: Sequence[str], known: Published) -> tuple[str, ...]:
    theirs = (by_category.get(category) for by_category in known.values.values())
    return (category, *(_ours(found.get(name)) for name in explainers), *(map(_digits, theirs)))


def _means(ours: Mapping[str, Mapping[str, Summary]], explainers: Sequence[str], known: Published) -> tuple[str, ...]:
    mine = ([summary.mean if (summary := found.get(name)) else None for found in ours.values()] for name in explainers)
    theirs = ([by_category.get(category) for category in ours] for by_category in known.values.values())
    return ("mean", *(_digits(_mean(column)) for column in (*mine, *theirs)))


def _mean(values: Sequence[float | None]) -> float | None:
    given = [value for value in values if value is not None]
    return fsum(given) / len(given) if len(given) == len(values) else None


def _ours(summary: Summary | None) -> str:
    if summary is None:
        return NONE
    span = "" if summary.low is None or summary.high is None else f" [{summary.low:.3f}, {summary.high:.3f}]"
    return f"{_digits(summary.mean)}{span} {summary.scored}/{summary.total}"


def _digits(value: float | None) -> str:
    return NONE if value is None else f"{value:.3f}"


def _by_category(values: float | Mapping[str, float]) -> Mapping[str, float]:
    return values if isinstance(values, Mapping) else {WHOLE: values}
