"""Finds every difference between a submission and what its task gives here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import provenance
from bench.artifacts import Explanation
from bench.canonical import canonical
from bench.errors import BenchError
from bench.leaderboards.intake import read
from bench.leaderboards.maps import beside, read_maps
from bench.leaderboards.reference import ADDED, Reference, reference, world
from bench.leaderboards.submission import CellRecord, Submission
from bench.leaderboards.tasks import WORLD, task
from bench.leaderboards.verify_maps import Maps, Wanted, completed, map_faults, surplus, unsubmitted

TOLERANCE = 1e-6  # of values, since the last bits differ from machine to machine


@dataclass(frozen=True)
class Verdict:
    """`differences` is empty when the submission holds; `notes` says what could not be checked."""

    file: str
    differences: tuple[str, ...]
    notes: tuple[str, ...]


def verify(path: Path) -> Verdict:
    """Compare keys, versions, counts, explanations, maps and values with those computed here."""
    try:
        submission = read(path)
        found, notes = _compared(submission, read_maps(beside(path)))
    except BenchError as error:
        return Verdict(str(path), tuple(str(error).splitlines()), ())
    return Verdict(str(path), tuple(found), tuple(notes))


def _compared(submission: Submission, shown: Maps) -> tuple[list[str], list[str]]:
    header, cells = submission.header, submission.cells
    known = task(header.task)
    if header.task_version != known.version:
        said = f"task {known.name}: recorded version {header.task_version:.40}, this code has {known.version}; it is another task"
        return [said], []
    visual = {known.rules.ceiling} if any(said.maps for cell in cells for said in cell.explanations) else set()
    ours = reference(known, frozenset(str(cell.cell.get("explainer")) for cell in cells) | visual)
    found = [*_metrics(submission, ours), *_coverage(submission, ours), *surplus(submission, shown)]
    for cell in cells:
        found += [f"{_name(cell)}: {fault}" for fault in _cell(submission, cell, ours, shown, known.rules.ceiling)]
    return found, [*_notes(submission, ours), *unsubmitted(submission, shown, ours.heard)]


def _metrics(submission: Submission, ours: Reference) -> Iterator[str]:
    plan = next(iter(ours.worlds.values()))
    facts = submission.header.metrics
    for name in sorted(facts.keys() ^ plan.scores.keys()):
        yield f"metric {name!r:.80} is {'not one of the task' if name in facts else 'missing'}"
    for name in facts.keys() & plan.scores.keys():
        metric, expected = ours.stages.part(plan.scores[name], "metric"), plan.scores[name].recipe["config"]["metric"]
        yield from (f"metric {name}: {fault}" for fault in _unequal(facts[name].recipe, expected))
        for fact in ("scope", "higher_is_better", "bounds"):
            if getattr(facts[name], fact) != getattr(metric, fact):
                yield f"metric {name}: {fact} is {getattr(metric, fact)}, recorded {getattr(facts[name], fact)}"


def _coverage(submission: Submission, ours: Reference) -> Iterator[str]:
    """Every contestant must have answered every world of the task, once, and be one that the header describes."""
    had: dict[str, list[str]] = {name: [] for name in submission.header.explainers}
    for cell in submission.cells:
        had.setdefault(cell.contestant, []).append(world(cell.cell))
    if not had:
        yield "there is no cell"
    for name, worlds in had.items():
        if name not in submission.header.explainers:
            yield f"explainer {name!r:.80} is not in the header"
        yield from (f"explainer {name!r:.80}: cell {lacking} is missing" for lacking in ours.worlds.keys() - set(worlds))
        yield from (f"explainer {name!r:.80}: cell {one} came twice" for one in set(worlds) if worlds.count(one) > 1)
    for dataset, fingerprint in submission.header.datasets.items():
        real = {ours.stages.dataset(p.fit).fingerprint for p in ours.worlds.values() if p.cell.labels["dataset"] == dataset}
        if real != {fingerprint}:
            yield f"dataset {dataset!r:.80}: recorded fingerprint {fingerprint:.80}, here it is {', '.join(real) or 'unknown'}"


def _cell(submission: Submission, cell: CellRecord, ours: Reference, shown: Maps, ceiling: str) -> Iterator[str]:
    plan, recipe = ours.world(cell), submission.header.explainers.get(cell.contestant)
    if foreign := [axis for axis in cell.cell if axis not in WORLD and axis.split(".")[0] not in ADDED]:
        yield f"axis {foreign[0]!r:.80} is not one that a submission may add"
    if plan is None or recipe is None:
        yield "is not a cell of the task" if plan is None else "its explainer has no configuration"
        return
    truths = ours.truths(plan)
    units = tuple(unit.unit.name for unit in ours.stages.units(plan.traverse))
    if cell.units != units:
        yield f"units {', '.join(cell.units):.200}, expected {', '.join(units)}"
        return
    for unit, status in zip(cell.units, cell.statuses, strict=True):
        expected = truths[unit].status if unit in truths else None
        if status != expected:
            yield f"unit {unit}: recorded status {status!s:.40}, it is {expected}"
    yield from _keys(cell, *ours.keys(cell, recipe))
    yield from _heard(cell, recipe, ours)
    said = completed(cell, shown, ours.heard(cell))
    index = ours.pictures(cell, ceiling)
    if wrong := list(map_faults(cell, said, ours.heard(cell), None if index is None else Wanted(index, ours.size(cell)))):
        yield from wrong
        return
    yield from _values(cell, ours.scores(plan, said))


def _keys(cell: CellRecord, keys: Mapping[str, str], scores: Mapping[str, str]) -> Iterator[str]:
    for kind in sorted(keys.keys() | cell.keys.keys()):
        if cell.keys.get(kind) != keys.get(kind):
            yield f"key of {kind:.40}: recorded {cell.keys.get(kind)!s:.40}, expected {keys.get(kind)}"
    for name in sorted(scores.keys() & cell.scores.keys()):
        if cell.scores[name].key != scores[name]:
            yield f"key of score {name}: recorded {cell.scores[name].key:.40}, expected {scores[name]}"


def _heard(cell: CellRecord, recipe: Mapping[str, Any], ours: Reference) -> Iterator[str]:
    said = ours.heard(cell)
    if said is None:
        return
    expected = ours.again[canonical(cell.cell)].explain.recipe["config"]["explainer"]
    if faults := list(_unequal(recipe, expected)):
        yield from (f"explainer: {fault}" for fault in faults)
        return
    for recorded, real in zip(cell.said({}), said, strict=True):
        for part in ("text", "answers", "certainty", "prompt", "failure"):
            if not _same(getattr(recorded, part), getattr(real, part)):
                yield f"unit {real.unit}: {part}: recorded {_shown(recorded, part)}, the explainer says {_shown(real, part)}"


def _values(cell: CellRecord, real: Mapping[str, Sequence[float | None]]) -> Iterator[str]:
    for name, values in real.items():
        if name not in cell.scores:
            yield f"metric {name} is missing"
            continue
        recorded = cell.scores[name].values
        if len(recorded) != len(values):
            yield f"{name}: recorded {len(recorded)} values, recomputed {len(values)}"
        for i, (mine, theirs) in enumerate(zip(values, recorded, strict=False)):
            if not _same(theirs, mine):
                where = f"unit {cell.units[i]}, " if len(values) == len(cell.units) else ""
                yield f"{where}{name}: recorded {theirs}, recomputed {mine}"


def _notes(submission: Submission, ours: Reference) -> Iterator[str]:
    unheard = {cell.contestant for cell in submission.cells if ours.heard(cell) is None}
    for name in sorted(unheard):
        yield f"explainer {name!r:.80} was not heard again (remote, or not shipped): its explanations are taken as submitted"
    here = dict(provenance.versions()) | {"commit": provenance.commit()}
    for name, version in submission.header.provenance.items():
        if here.get(name) != version:
            yield f"{name:.40}: made with {version:.60}, checked with {here.get(name)}"


def _unequal(recorded: Any, expected: Any, where: str = "") -> Iterator[str]:
    """The first places in which two configurations differ."""
    if isinstance(recorded, Mapping) and isinstance(expected, Mapping):
        for key in sorted(recorded.keys() | expected.keys()):
            yield from _unequal(recorded.get(key), expected.get(key), f"{where}.{key}" if where else str(key))
    elif canonical(recorded) != canonical(expected):
        yield f"{where or 'configuration'}: recorded {canonical(recorded):.60}, expected {canonical(expected):.60}"


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float | int) and isinstance(other, float | int):
        return abs(one - other) <= TOLERANCE
    return bool(one == other)


def _shown(said: Explanation, part: str) -> str:
    return f"{getattr(said, part)!r:.80}"


def _name(cell: CellRecord) -> str:
    return f"cell {', '.join(str(label) for label in cell.cell.values()):.120}"
