"""The cases of a cell as a judge meets them."""

from collections.abc import Sequence
from dataclasses import replace

from bench.artifacts import Case, Traversal
from bench.metrics.statements import claimed


def answered(cases: Sequence[Case]) -> list[int]:
    """The places of the units that have an answer."""
    return [k for k, case in enumerate(cases) if case.explanation.outcome == "answered"]


def texts(cases: Sequence[Case]) -> list[str]:
    """What was said of each unit, "" where nothing was."""
    return [case.explanation.text or "" for case in cases]


def directed(case: Case) -> bool:
    """Whether the answer tells the direction of anything."""
    return any((claimed(case) or {}).values())


def held_out(cases: Sequence[Case], most: int | None) -> list[list[Traversal]]:
    """One list for each held-out reference code that all units have, at most `most`: the strips of all units, in order."""
    count = min((len(case.traversals.held_out) for case in cases), default=0)
    return [[case.traversals.held_out[k] for case in cases] for k in range(count if most is None else min(count, most))]


def backwards(strip: Traversal) -> Traversal:
    """The strip from high to low values."""
    return replace(strip, images=strip.images[:, ::-1], codes=strip.codes[:, ::-1])
