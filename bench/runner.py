"""Runs a plan: each unique stage once, from the store when it is there, and one event loop for all chat calls of all cells."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from bench.artifacts import Explanation
from bench.errors import BenchError, ClientError
from bench.plan import KINDS, Kind, Plan, Stage
from bench.provenance import recipe_record
from bench.stages import Stages
from bench.store import Store

AT_ONCE = 64  # explain stages under way together; each holds one lock file open
POLL = 0.05  # seconds between looks at a lock that another process holds


@dataclass(frozen=True)
class Ledger:
    """What a run did: stages computed and found by kind, and the error of each stage that failed, by key."""

    ran: Counter[str] = field(default_factory=Counter)
    cached: Counter[str] = field(default_factory=Counter)
    failed: dict[str, BenchError] = field(default_factory=dict)


def execute(plan: Plan, stages: Stages, until: Kind, done: Callable[[Stage], None]) -> Ledger:
    """Compute every stage up to `until` that the store lacks; `done` hears of each. A failed stage stops only what needs it."""
    ledger = Ledger()
    asyncio.run(_execute(plan, stages, until, ledger, done))
    return ledger


def complete(plan: Plan, stages: Stages, until: Kind) -> None:
    """The same where nothing may fail. Raises the first error."""
    for error in execute(plan, stages, until, lambda _: None).failed.values():
        raise error


async def _execute(plan: Plan, stages: Stages, until: Kind, ledger: Ledger, done: Callable[[Stage], None]) -> None:
    for kind in KINDS[: KINDS.index(until) + 1]:
        wanted = [stage for stage in plan.stages if stage.kind == kind]
        await (_together if kind == "explain" else _in_turn)(wanted, stages, ledger, done)


async def _in_turn(wanted: Sequence[Stage], stages: Stages, ledger: Ledger, done: Callable[[Stage], None]) -> None:
    for stage in wanted:
        await _attempt(stage, stages, ledger)
        done(stage)


async def _together(wanted: Sequence[Stage], stages: Stages, ledger: Ledger, done: Callable[[Stage], None]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(stage: Stage) -> None:
        async with gate:
            await _attempt(stage, stages, ledger)
        done(stage)

    await asyncio.gather(*(one(stage) for stage in wanted))


async def _attempt(stage: Stage, stages: Stages, ledger: Ledger) -> None:
    broken = next((ledger.failed[i.key] for i in stage.inputs.values() if i.key in ledger.failed), None)
    if broken is not None:
        ledger.failed[stage.key] = broken
        return
    try:
        ran = await _ensure(stage, stages)
    except BenchError as error:
        ledger.failed[stage.key] = error
    else:
        (ledger.ran if ran else ledger.cached)[stage.kind] += 1


async def _ensure(stage: Stage, stages: Stages) -> bool:
    """Compute and publish the stage unless the store holds it; true when it was computed here."""
    store: Store = stages.store
    if store.has(stage.kind, stage.key):
        return False
    lock = store.lock(stage.kind, stage.key)
    await _acquire(lock)
    try:
        if store.has(stage.kind, stage.key):
            return False
        record = recipe_record(stage)
        output = await stages.compute(stage)
        if _loose(stage, output, stages):
            stages.loose[stage.key] = output
        else:
            store.publish(stage.kind, stage.key, _writer(stage, output, stages, record))
    finally:
        lock.release()
    return True


def _writer(stage: Stage, output: Any, stages: Stages, record: Callable[[Path], None]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        stages.write(folder, stage, output)
        record(folder)

    return write


async def _acquire(lock: FileLock) -> None:
    while True:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            await asyncio.sleep(POLL)
        else:
            return


def _loose(stage: Stage, output: Any, stages: Stages) -> bool:
    """True when the output rests on a transport failure, so that the next run must compute it again."""
    if any(i.key in stages.loose for i in stage.inputs.values()):
        return True
    return stage.kind == "explain" and any(_transient(explanation) for explanation in output)


def _transient(explanation: Explanation) -> bool:
    return explanation.failure is not None and ClientError(explanation.failure, "").transient
