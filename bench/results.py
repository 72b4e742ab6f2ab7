"""From finished stages to the rows and unit records that every table, page and leaderboard is made of."""

from collections.abc import Collection, Iterator, Sequence

from bench import provenance
from bench.artifacts import Explanation, ScoreRow, Truth, UnitRecord
from bench.attention.pictures import looked_at
from bench.plan import CellPlan, Plan
from bench.stages import Stages


def rows(plan: Plan, stages: Stages, broken: Collection[str]) -> list[ScoreRow]:
    """One row per cell × metric × unit, or one per cell × metric for values of the whole cell. `broken` are keys that failed."""
    return [row for cell in plan.cells if cell.explain.key not in broken for row in _cell_rows(cell, stages, broken)]


def records(plan: Plan, stages: Stages, broken: Collection[str]) -> list[UnitRecord]:
    """One record per cell × unit: what was shown first, what it means and what was said."""
    return [record for cell in plan.cells if cell.explain.key not in broken for record in _cell_records(cell, stages)]


def _cell_rows(cell: CellPlan, stages: Stages, broken: Collection[str]) -> Iterator[ScoreRow]:
    truths, explanations = _labelled(cell, stages)
    origin = dict(provenance.versions()) | {"commit": provenance.commit(), "dataset": stages.fingerprint(cell.fit)}
    for name, stage in cell.scores.items():
        if stage.key in broken:
            continue
        metric, values = stages.part(stage, "metric"), stages.read(stage)
        keys: dict[str, str] = {s.kind: s.key for s in (cell.fit, cell.traverse, cell.label, cell.explain, stage) if s}
        about: Sequence[Explanation | None] = explanations if metric.scope == "unit" else [None]
        for explanation, value in zip(about, values, strict=True):
            truth = truths.get(explanation.unit) if explanation else None
            yield ScoreRow(
                cell=cell.cell.labels,
                unit=explanation.unit if explanation else None,
                status=truth.status if truth else None,
                outcome=explanation.outcome if explanation else None,
                metric=name,
                value=value,
                higher_is_better=metric.higher_is_better,
                bounds=metric.bounds,
                keys=keys,
                provenance=origin,
            )


def _cell_records(cell: CellPlan, stages: Stages) -> Iterator[UnitRecord]:
    truths, explanations = _labelled(cell, stages)
    said = {explanation.unit: explanation for explanation in explanations}
    for unit in stages.units(cell.traverse):
        name = unit.unit.name
        looked = looked_at(said[name], stages.dataset(cell.fit))
        yield UnitRecord(cell.cell.labels, unit.unit, truths.get(name), said[name], unit.shown[0].images, looked)


def _labelled(cell: CellPlan, stages: Stages) -> tuple[dict[str, Truth], Sequence[Explanation]]:
    truths = stages.read(cell.label) if cell.label else ()
    return {truth.unit: truth for truth in truths}, stages.read(cell.explain)
