"""Which units a metric may fit things on: the others are the ones that it scores.

A unit is a dev unit by the hash of what was done with it, never by how it is called, where it stands or what is said about it. So
all explainers of a cell share the split, another seed deals it anew, and no unit is on both sides.
"""

from collections.abc import Sequence
from hashlib import sha256

from bench.artifacts import Case
from bench.canonical import canonical


def is_dev(case: Case) -> bool:
    """True for half of the units on average, by the latents moved and the reference codes that they are moved from."""
    used = case.traversals.shown + case.traversals.held_out
    identity = [list(case.unit.latents), [traversal.anchor for traversal in used]]
    return sha256(canonical(identity).encode()).digest()[0] % 2 == 0


def split(cases: Sequence[Case]) -> tuple[list[Case], list[Case]]:
    """Dev units and test units, in order."""
    return [case for case in cases if is_dev(case)], [case for case in cases if not is_dev(case)]
