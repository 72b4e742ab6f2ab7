"""Which other units a unit is told apart from: the strata of distractors."""

from collections.abc import Hashable, Sequence
from typing import ClassVar, Literal

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray

from bench.artifacts import Case
from bench.component import component
from bench.explainers.visible_change import visible_change

Pairs = Bool[ndarray, "units units"]


@component
class Rivals:
    """Rows are units, columns the units that they are held against.

    `active`: every active unit. `matched`: the K - 1 of them whose held-out strips change most nearly as much to the eye, and all
    that tie with the last. `family`: those whose true factors share one of `families` with the unit's and are not the same factors.
    `partner`: those that share a true factor with the unit, as entangled latents do. `reversed`: the unit itself, its strips turned
    round, where its answer tells a direction.

    A unit is active unless its truth is inactive; where nobody knows the truth, or it is ambiguous, if its strips change. Units of
    one and the same known effects are no rivals: nothing true could tell them apart.
    """

    version: ClassVar[int] = 1
    stratum: Literal["active", "matched", "family", "partner", "reversed"]
    families: tuple[tuple[str, ...], ...]

    def __call__(self, cases: Sequence[Case], options: int) -> Pairs:
        """Who is held against whom in a choice of `options`."""
        if self.stratum == "reversed":
            return np.eye(len(cases), dtype=bool)
        changes = np.array([change(case) for case in cases])
        others: Pairs = np.array([active(case) for case in cases], bool)[None] & ~alike(cases)
        if self.stratum == "matched":
            return _nearest(others, np.abs(changes[:, None] - changes[None]), options - 1)
        if self.stratum == "family":
            others = others & ~_equal([_factors(case) for case in cases])
            return np.asarray(others & _sharing([self._families(case) for case in cases]))
        if self.stratum == "partner":
            return np.asarray(others & _sharing([_factors(case) for case in cases]))
        return others

    def _families(self, case: Case) -> frozenset[str]:
        return frozenset(str(k) for k, family in enumerate(self.families) if _factors(case) & set(family))


def alike(cases: Sequence[Case]) -> Pairs:
    """Which units mean the same by their truths, each unit and itself among them. Units that change nothing are like no other."""
    meanings: list[Hashable] = [
        frozenset((e.factor, e.sign) for e in case.truth.effects) if case.truth and case.truth.effects else number
        for number, case in enumerate(cases)
    ]
    return _equal(meanings)


def active(case: Case) -> bool:
    """Whether the unit does anything."""
    if case.truth is None or case.truth.status == "ambiguous":
        return change(case) > 0
    return case.truth.status != "inactive"


def change(case: Case) -> float:
    """How much the held-out strips of a unit change to the eye, on average; 0 without any."""
    strips = case.traversals.held_out
    return sum(visible_change(strip.images) for strip in strips) / len(strips) if strips else 0.0


def _factors(case: Case) -> frozenset[str]:
    return case.truth.factors if case.truth else frozenset()


def _equal(labels: Sequence[Hashable]) -> Pairs:
    numbers: dict[Hashable, int] = {}
    of = np.array([numbers.setdefault(label, len(numbers)) for label in labels], int)
    return np.asarray(of[:, None] == of[None])


def _sharing(sets: Sequence[frozenset[str]]) -> Pairs:
    columns = {name: k for k, name in enumerate(sorted(frozenset().union(*sets)))}
    member = np.zeros((len(sets), len(columns)), int)
    for row, names in enumerate(sets):
        member[row, [columns[name] for name in names]] = 1
    return np.asarray(member @ member.T > 0)


def _nearest(others: Pairs, apart: Float64[ndarray, "units units"], count: int) -> Pairs:
    """The nearest `count` of the others in each row, and all as near as the last of them."""
    if others.shape[1] <= count:
        return others
    far = np.where(others, apart, np.inf)
    return np.asarray(others & (far <= np.partition(far, count - 1, axis=1)[:, count - 1, None] + 1e-12))
