"""One metric through all steps of the gauntlet."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum
from typing import Literal

from bench.gauntlet.steps import ASPECTS, MARGIN, PAIRS_WON, TRIALS, Step, trial_of
from bench.gauntlet.worlds import World
from bench.interfaces import Aspect, Comparative, Interventional, Metric
from bench.reports.direction import goodness
from bench.reports.interval import interval

DRAWS = 2000
Values = Sequence[float | None]
Outcome = Literal["passes", "fails", "blind", "unclaimed", "undefined"]


@dataclass(frozen=True)
class Result:
    """How a step went. What a metric says that it sees, it `passes` or `fails`; to the rest it is `blind`, or it is `unclaimed`.

    `found` holds the numbers that decided; a step is `undefined` where the metric has no values for one of its controls.
    """

    outcome: Outcome
    found: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Scored:
    """The values of one control over all worlds, and for each whether the control has an answer of its own there."""

    values: Values
    own: Sequence[bool]

    @property
    def mean(self) -> float | None:
        """The mean of the values that are defined."""
        known = [value for value in self.values if value is not None]
        return fsum(known) / len(known) if known else None


def claims(metric: Metric) -> frozenset[Aspect]:
    """What the metric says that it sees, in `sees`; one that says nothing is held to everything."""
    found: frozenset[Aspect] = getattr(type(metric), "sees", ASPECTS)
    return found


def trial(metric: Metric, worlds: Sequence[World]) -> dict[str, Result]:
    """The result of every step by its name. Raises what the metric raises where it cannot run here."""
    steps = TRIALS[trial_of(claims(metric))]
    scored = asyncio.run(_scored(metric, worlds, dict.fromkeys(name for step in steps for name in (step.better, step.worse))))
    return {step.name: _result(step, scored, metric) for step in steps}


async def _scored(metric: Metric, worlds: Sequence[World], controls: Iterable[str]) -> dict[str, Scored]:
    """These controls in every world. A value of a whole cell is one value of its world."""
    controls = tuple(controls)
    asked = [(control, world) for control in controls for world in worlds]
    answers = await (_apart if _needs_cells(metric) else _together)(metric, asked)
    found = {}
    for control in controls:
        mine = [(world, values) for (name, world), values in zip(asked, answers, strict=True) if name == control]
        own = [world.answered(control) if metric.scope == "unit" else [any(world.answered(control))] for world, _ in mine]
        found[control] = Scored([v for _, values in mine for v in values], [o for flags in own for o in flags])
    return found


def _needs_cells(metric: Metric) -> bool:
    return metric.scope == "cell" or isinstance(metric, Comparative | Interventional)


async def _apart(metric: Metric, asked: Sequence[tuple[str, World]]) -> list[Values]:
    from bench.pipeline import score

    return [await score(metric, world.cases(control), (world.model, world.dataset)) for control, world in asked]


async def _together(metric: Metric, asked: Sequence[tuple[str, World]]) -> list[Values]:
    """All that one world is asked in one call, since a metric that judges units one by one encodes equal texts once a call."""
    from bench.pipeline import score

    found: dict[tuple[str, str], Values] = {}
    for world in {world.name: world for _, world in asked}.values():
        controls = [control for control, other in asked if other is world]
        values = iter(await score(metric, [case for control in controls for case in world.cases(control)], None))
        found |= {(control, world.name): [next(values) for _ in world.units] for control in controls}
    return [found[control, world.name] for control, world in asked]


def _result(step: Step, scored: Mapping[str, Scored], metric: Metric) -> Result:
    judge = {"pairs": _pairs, "means": _means, "floor": _floor}[step.kind]
    found, passed = judge(step, scored, metric.higher_is_better)
    if not found:
        return Result("undefined")
    if step.aspect in claims(metric):
        return Result("passes" if passed else "fails", found)
    return Result("unclaimed" if passed else "blind", found)


def _pairs(step: Step, scored: Mapping[str, Scored], way: bool | None) -> tuple[dict[str, float], bool]:
    better, worse = scored[step.better], scored[step.worse]
    sides = zip(better.values, worse.values, worse.own, strict=True)
    pairs = [(goodness(a, way), goodness(b, way)) for a, b, own in sides if own and a is not None and b is not None]
    if not pairs:
        return {}, False
    won = sum(a > b + MARGIN for a, b in pairs) / len(pairs)
    return {"won": won, "pairs": float(len(pairs))}, won > PAIRS_WON


def _means(step: Step, scored: Mapping[str, Scored], way: bool | None) -> tuple[dict[str, float], bool]:
    better, worse = scored[step.better].mean, scored[step.worse].mean
    if better is None or worse is None:
        return {}, False
    return {step.better: better, step.worse: worse}, goodness(better, way) > goodness(worse, way) + MARGIN


def _floor(step: Step, scored: Mapping[str, Scored], way: bool | None) -> tuple[dict[str, float], bool]:  # noqa: ARG001
    mean, floor = scored[step.worse].mean, [value for value in scored[step.better].values if value is not None]
    span = interval([floor], DRAWS, 0)
    if mean is None or span is None:
        return {}, False
    return {step.worse: mean, "low": span[0], "high": span[1]}, span[0] - MARGIN <= mean <= span[1] + MARGIN
