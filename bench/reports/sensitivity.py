"""How much the answers for the same units hang on the prompt or on the order of the steps (M8).

Cells that differ in one axis alone (a bias, a layout, the moves) explain the same units; a label of that axis is a level. What an
answer names is the set of its factors: the empty set for an abstention, `None` for a failure, which is left out. The accuracy that
counts only what is right under every order is that of position-debiased judging (Zheng et al. 2023, arXiv 2306.05685).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import fsum
from statistics import pstdev
from typing import Any

from bench.errors import ConfigError, DataError
from bench.reports.interval import interval

DEFAULT = "default"  # the level of a cell that does not mention the axis
DRAWS = 10_000

Signs = Mapping[str, int | None]  # what an answer claims: factor → direction


@dataclass(frozen=True)
class Answer:
    """One answer: its unit with all of its cell but the compared axis, what it claims, its certainty, and whether it is right.

    `claims` is `None` for a failure. `right` says whether the factors are exactly the true ones; `None` where nobody knows.
    """

    item: tuple[Any, ...]
    group: str
    cluster: tuple[Any, ...]
    level: str
    claims: Signs | None
    certainty: float | None
    right: bool | None


@dataclass(frozen=True)
class Measure:
    """One number: a mean over units with its 95 % interval over clusters, or a plain number without one. `None`: no unit counts."""

    group: str
    name: str
    value: float | None
    low: float | None
    high: float | None
    units: int
    clusters: int


def sensitivity(answers: Sequence[Answer], levels: Sequence[str] = (), reversal: tuple[str, str] | None = None) -> list[Measure]:
    """The measures of each group. `levels` are all unless given; `reversal` names the levels of plain and of reversed strips.

    Raises `ConfigError` for levels that are not there, and for fewer than two.
    """
    present = list(dict.fromkeys(answer.level for answer in answers))
    wanted = list(levels) or present
    if unknown := {*wanted, *(reversal or ())} - {*present}:
        raise ConfigError(f"no answers at level {', '.join(sorted(unknown))}; there are {', '.join(present)}")
    if len(wanted) < 2:
        raise ConfigError(f"expected at least two levels to compare, got {', '.join(wanted) or 'none'}; name another --axis")
    groups = dict.fromkeys(answer.group for answer in answers)
    return [m for group in groups for m in _measures(group, [a for a in answers if a.group == group], wanted, reversal)]


def flips(one: Answer, other: Answer) -> float:
    """1 when the two answers name different factors, else 0."""
    return float((one.claims or {}).keys() != (other.claims or {}).keys())


def equivariant(plain: Answer, turned: Answer) -> float | None:
    """1 when the answer for the reversed strip names the same factors and the opposite directions; `None` without any direction."""
    before, after = plain.claims or {}, turned.claims or {}
    if not any(before.values()):
        return None
    return float(before.keys() == after.keys() and all(after[f] == (None if s is None else -s) for f, s in before.items()))


def _measures(group: str, answers: Sequence[Answer], levels: Sequence[str], reversal: tuple[str, str] | None) -> list[Measure]:
    found = [_mean(group, "label flips", _pooled(answers, levels, flips))]
    found += _accuracies(group, _complete(answers, levels), levels)
    first, *others = levels
    for level in others:
        sure = _pooled(answers, (first, level), _certainty_lost)
        found.append(_mean(group, f"certainty of {first} minus {level}", sure))
    if reversal:
        found.append(_mean(group, "reversal equivariance", _pooled(answers, reversal, equivariant)))
    return found


def _accuracies(group: str, complete: Sequence[Mapping[str, Answer]], levels: Sequence[str]) -> list[Measure]:
    known = [unit for unit in complete if all(answer.right is not None for answer in unit.values())]
    per = [
        _mean(group, f"accuracy of {level}", [(unit[level].cluster, float(bool(unit[level].right))) for unit in known])
        for level in levels
    ]
    means = [measure.value for measure in per if measure.value is not None]
    spread, deviation = (max(means) - min(means), pstdev(means)) if means else (None, None)
    n, clusters = per[0].units, per[0].clusters
    always = [(unit[levels[0]].cluster, float(all(answer.right for answer in unit.values()))) for unit in known]
    return [
        *per,
        Measure(group, "accuracy spread", spread, None, None, n, clusters),
        Measure(group, "accuracy standard deviation", deviation, None, None, n, clusters),
        _mean(group, "right at every level", always),
    ]


def _certainty_lost(one: Answer, other: Answer) -> float | None:
    return None if one.certainty is None or other.certainty is None else one.certainty - other.certainty


def _pooled(
    answers: Sequence[Answer], levels: Sequence[str], of: Callable[[Answer, Answer], float | None]
) -> list[tuple[tuple[Any, ...], float]]:
    """For each unit the mean over its pairs of levels, beside its cluster; units without a pair are left out."""
    pooled = []
    for unit in _units(answers, levels):
        values = [of(unit[a], unit[b]) for a, b in combinations(levels, 2) if a in unit and b in unit]
        known = [value for value in values if value is not None]
        if known:
            pooled.append((next(iter(unit.values())).cluster, fsum(known) / len(known)))
    return pooled


def _complete(answers: Sequence[Answer], levels: Sequence[str]) -> list[Mapping[str, Answer]]:
    return [unit for unit in _units(answers, levels) if len(unit) == len(levels)]


def _units(answers: Iterable[Answer], levels: Sequence[str]) -> list[dict[str, Answer]]:
    """Unit by unit the answers at each of the levels, failures left out. A doubled answer raises `DataError`."""
    units: dict[tuple[Any, ...], dict[str, Answer]] = defaultdict(dict)
    for answer in answers:
        if answer.level in levels and answer.claims is not None:
            if answer.level in units[answer.item]:
                raise DataError(f"expected one answer a unit and level, got two for {answer.item} at {answer.level}")
            units[answer.item][answer.level] = answer
    return [units[item] for item in sorted(units, key=repr)]


def _mean(group: str, name: str, values: Sequence[tuple[tuple[Any, ...], float]]) -> Measure:
    parts: dict[tuple[Any, ...], list[float]] = defaultdict(list)
    for cluster, value in values:
        parts[cluster].append(value)
    span = interval([sorted(parts[key]) for key in sorted(parts, key=repr)], DRAWS, 0)
    low, high = span or (None, None)
    mean = fsum(value for _, value in values) / len(values) if values else None
    return Measure(group, name, mean, low, high, len(values), len(parts))
