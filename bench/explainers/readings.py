"""What the rows of a traversal say together, by the inductive bias that arranged them."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from bench.artifacts import Traversal
from bench.explainers.changes import Changes
from bench.explainers.pooling import in_all, in_any, pooled


@dataclass(frozen=True)
class Reading:
    """The changes that count as the unit's meaning, and those seen under other conditions than the unit's own."""

    here: Changes
    elsewhere: Changes


def reading(traversal: Traversal, rows: Sequence[Changes], bias: str, agreement: float) -> Reading:
    """Read the rows of one reference code as the bias of that name means them; any other name means rows that repeat each other.

    `disentanglement`: what every row of the same latents shows, since another latent differs between them. `combination`: what any
    row of the group shows, the way the joint row goes. `conditional`: what the rows under the unit's own condition show, held
    against the others.
    """
    if bias == "combination":
        joint = max(range(len(rows)), key=lambda row: len(traversal.rows[row].moved))
        widest = in_any(rows)
        return Reading({name: replace(change, sign=rows[joint].get(name, change).sign) for name, change in widest.items()}, {})
    if bias == "conditional":
        own, *others = _alike(rows, [row.held for row in traversal.rows])
        return Reading(in_any(own), in_any([changes for group in others for changes in group]))
    alike = _alike(rows, [row.moved for row in traversal.rows])
    if bias == "disentanglement":
        return Reading(in_any([in_all(group) for group in alike]), {})
    return Reading(in_any([pooled(group, agreement, 0.0) for group in alike]), {})


def _alike(rows: Sequence[Changes], traits: Sequence[Hashable]) -> list[list[Changes]]:
    """The rows in groups of equal traits, in the order in which the traits come."""
    return [[row for row, own in zip(rows, traits, strict=True) if own == trait] for trait in dict.fromkeys(traits)]


def overall(readings: Sequence[Reading], agreement: float, share: float) -> Reading:
    """The reading of a unit from those of its reference codes."""
    here = pooled([one.here for one in readings], agreement, share)
    return Reading(here, pooled([one.elsewhere for one in readings], agreement, 0.0))


def conditional(found: Reading) -> tuple[Changes, Changes]:
    """The changes that happen under the unit's own condition only, and those that happen elsewhere in the same way too."""
    only = {
        name: change
        for name, change in found.here.items()
        if name not in found.elsewhere or change.sign * found.elsewhere[name].sign < 0
    }
    return only, {name: change for name, change in found.here.items() if name not in only}
