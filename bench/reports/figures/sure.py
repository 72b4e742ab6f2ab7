"""Answers with a certainty and whether they were right, by explainer and cluster, from rows and records alone."""

from collections.abc import Mapping, Sequence

import numpy as np

from bench.artifacts import ScoreRow, UnitRecord
from bench.metrics.certain import Certain
from bench.reports.figures.axes import COMPARED
from bench.reports.statistics import CLUSTER

RIGHT = ("exact_set", "set_f1")  # each is 1 exactly where an answer names the true factors and no other


def sure_answers(rows: Sequence[ScoreRow], records: Sequence[UnitRecord], controls: Sequence[str]) -> dict[str, list[Certain]]:
    """By explainer that is no control and gives a certainty, a `Certain` per cluster of one model and seed."""
    right = _right(rows)
    found: dict[str, dict[object, list[tuple[float, bool]]]] = {}
    for record in records:
        name, sure, key = record.cell.get(COMPARED), record.explanation.certainty, _key(record.cell, record.unit.name)
        if name is None or name in controls or sure is None or key not in right or record.explanation.outcome != "answered":
            continue
        cluster = tuple(record.cell.get(axis) for axis in CLUSTER)
        found.setdefault(str(name), {}).setdefault(cluster, []).append((sure, right[key]))
    return {name: [_certain(pairs) for pairs in clusters.values()] for name, clusters in found.items()}


def joined(parts: Sequence[Certain]) -> Certain:
    """All answers of some clusters."""
    return Certain(np.concatenate([part.certainty for part in parts]), np.concatenate([part.true for part in parts]))


def independent(parts: Sequence[Certain]) -> list[Certain]:
    """What a bootstrap draws: the clusters, or the answers of the only one."""
    if len(parts) != 1:
        return list(parts)
    only = parts[0]
    return [Certain(only.certainty[i : i + 1], only.true[i : i + 1]) for i in range(len(only.true))]


def _right(rows: Sequence[ScoreRow]) -> Mapping[object, bool]:
    known = {row.metric for row in rows if row.unit is not None}
    metric = next((name for name in RIGHT if name in known), None)
    return {_key(row.cell, row.unit): row.value == 1.0 for row in rows if row.metric == metric and row.value is not None}


def _key(cell: Mapping[str, object], unit: str | None) -> object:
    return (*sorted(cell.items()), unit)


def _certain(pairs: Sequence[tuple[float, bool]]) -> Certain:
    return Certain(np.array([sure for sure, _ in pairs], np.float64), np.array([true for _, true in pairs], np.bool_))
