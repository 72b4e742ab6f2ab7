"""What a submission is held against: its task, planned and computed here, with the store as a cache.

Nothing that the submission names is composed or built. Cells come from the task; of the submission's explainers only the
configuration enters, as a part of a digest.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from bench.artifacts import Explanation, Truth
from bench.canonical import canonical, digest
from bench.compose import composer
from bench.interfaces import Asking
from bench.leaderboards.submission import CellRecord
from bench.leaderboards.tasks import WORLD, Task
from bench.options import groups
from bench.plan import KINDS, CellPlan, Plan, Stage
from bench.runner import complete
from bench.session import prepare
from bench.stages import Stages

ADDED = ("explainer", "client", "encoder", "joint")  # axes that a submission may add to those of the task


@dataclass(frozen=True)
class Reference:
    """The task's plan by world (a cell without its explainer), and by whole cell for explainers that can be heard again."""

    stages: Stages
    worlds: Mapping[str, CellPlan]
    again: Mapping[str, CellPlan]

    def world(self, cell: CellRecord) -> CellPlan | None:
        """The task's cell that this one is of; `None` when the task has no such cell."""
        return self.worlds.get(world(cell.cell))

    def keys(self, cell: CellRecord, explainer: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
        """The keys that stages of this cell have when its explainer has this configuration: by kind, and of scores by metric."""
        plan = self.worlds[world(cell.cell)]
        keys: dict[str, str] = {stage.kind: stage.key for stage in (plan.fit, plan.traverse, plan.label) if stage}
        keys["explain"] = digest({**plan.explain.recipe, "config": {**plan.explain.recipe["config"], "explainer": dict(explainer)}})
        scores = {
            name: digest({**stage.recipe, "inputs": {**stage.recipe["inputs"], "explain": keys["explain"]}})
            for name, stage in plan.scores.items()
        }
        return keys, scores

    def truths(self, plan: CellPlan) -> dict[str, Truth]:
        """The truth of each unit of a world."""
        return {truth.unit: truth for truth in (self.stages.read(plan.label) if plan.label else ())}

    def scores(self, plan: CellPlan, said: Sequence[Explanation]) -> dict[str, tuple[float | None, ...]]:
        """The values that every metric of the task gives these explanations."""
        explain = replace(plan.explain, key="submitted")
        self.stages.loose[explain.key] = tuple(said)
        found = {}
        for name, stage in plan.scores.items():
            judged = self.stages.cases(replace(stage, inputs={**stage.inputs, "explain": explain}))
            found[name] = asyncio.run(self.stages.score(stage, judged))
        return found

    def pictures(self, cell: CellRecord, ceiling: str) -> Int[ndarray, " n"] | None:
        """The pictures whose maps count: those that the ceiling of the task looks at with this dataset and seed, if at any."""
        wanted = {"explainer": ceiling, "dataset": cell.cell.get("dataset"), "seed": cell.cell.get("seed")}
        for plan in self.again.values():
            if all(plan.cell.labels[axis] == label for axis, label in wanted.items()):
                shown = (said.attention for said in self.stages.read(plan.explain))
                if (one := next(filter(None, shown), None)) is not None:
                    index: Int[ndarray, " n"] = one.index
                    return index
        return None

    def size(self, cell: CellRecord) -> tuple[int, int]:
        """Height and width of the pictures of a cell."""
        height, width = self.stages.dataset(self.worlds[world(cell.cell)].fit).images(np.zeros(1, int)).shape[-2:]
        return height, width

    def heard(self, cell: CellRecord) -> tuple[Explanation, ...] | None:
        """What the explainer says here; `None` where it asks a remote model or is not ours."""
        plan = self.again.get(canonical(cell.cell))
        return tuple(self.stages.read(plan.explain)) if plan else None


def world(cell: Mapping[str, str | int | float]) -> str:
    """A cell without its explainer, as one text."""
    return canonical({axis: cell.get(axis) for axis in WORLD})


def reference(task: Task, explainers: frozenset[str]) -> Reference:
    """Plan the task, and compute its models, traversals and truths, and what those of these explainers that are ours say there."""
    ours = sorted(explainers & set(groups()["explainer"])) or ["constant"]
    with composer(overrides(task, ours)) as (fixed, axes):
        stages, planned, _ = prepare(fixed, axes)
    again = {
        canonical(dict(plan.cell.labels)): plan
        for plan in planned.cells
        if not isinstance(stages.part(plan.explain, "explainer"), Asking)
    }
    inputs = [stage for plan in planned.cells for stage in (plan.fit, plan.traverse, plan.label) if stage]
    _compute([*inputs, *(plan.explain for plan in again.values())], stages)
    return Reference(stages, {world(plan.cell.labels): plan for plan in planned.cells}, again)


def overrides(task: Task, explainers: Sequence[str]) -> list[str]:
    """What composes the task with these explainers."""
    return [f"+experiment={task.name}", "tracker=none", f"grid.explainer=[{','.join(explainers)}]"]


def _compute(wanted: Sequence[Stage], stages: Stages) -> None:
    unique = {stage.key: stage for stage in wanted}
    plan = Plan((), tuple(sorted(unique.values(), key=lambda stage: KINDS.index(stage.kind))))
    complete(plan, stages, "explain")
