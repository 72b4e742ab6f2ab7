"""A server with limits in time that costs none: an event loop whose clock jumps to whatever is due next."""

import asyncio
import selectors
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np

from bench.clients.retries import Again, retried
from bench.clients.window import Window
from bench.errors import ClientError

T = TypeVar("T")
REPLY = 0.02  # seconds until a call is turned away


class _Jumping(selectors.SelectSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and timeout:
            self.now += timeout
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._clock = _Jumping()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


def run(work: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`, without waiting."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(work)


@dataclass
class Limited:
    """Answers after about `latency` seconds. Turns away what is beyond `at_once` calls or `a_second`, of which `burst` may pile up,
    and the share `chance` of all.

    `asks` is the wait that it asks for then. `refused` counts what it turned away, `most` the most that it worked on together.
    """

    latency: float
    at_once: float = np.inf
    a_second: float = np.inf
    burst: float = 1.0
    asks: float | None = None
    chance: float = 0.0
    refused: int = 0
    most: int = 0
    _now: int = 0
    _room: float | None = None
    _filled: float = 0.0

    async def __call__(self, rng: np.random.Generator) -> None:
        if self._full() or rng.random() < self.chance:
            self.refused += 1
            await asyncio.sleep(REPLY)
            raise Again(ClientError("out_of_quota", "slow down"), self.asks, busy=True)
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            await asyncio.sleep(self.latency * rng.uniform(0.7, 1.3))
        finally:
            self._now -= 1

    def _full(self) -> bool:
        if self._now >= self.at_once:
            return True
        if np.isinf(self.a_second):
            return False
        now = asyncio.get_running_loop().time()
        room = self.burst if self._room is None else self._room
        self._room = min(self.burst, room + (now - self._filled) * self.a_second)
        self._filled, full = now, self._room < 1
        self._room -= 0 if full else 1
        return full


class Ended(NamedTuple):
    """How calls ended ("answered", "failed"), how many tries were turned away, and the seconds that all took."""

    kinds: Counter[str]
    refused: int
    seconds: float


def asked(server: Limited, calls: int, most: int = 64, attempts: int = 6, slots: Callable[[], Any] | None = None) -> Ended:
    """Ask a server through a window, or through whatever `slots` gives for each try."""
    rng = np.random.default_rng(0)

    async def one(slot: Callable[[], Any]) -> str:
        async def attempt() -> None:
            async with slot():
                await server(rng)

        try:
            await retried(attempt, attempts, rng)
        except ClientError:
            return "failed"
        return "answered"

    async def all_of_them() -> Ended:
        slot = slots or Window(most, rng).slot
        ended: list[Awaitable[str]] = [one(slot) for _ in range(calls)]
        kinds = Counter(await asyncio.gather(*ended))
        return Ended(kinds, server.refused, asyncio.get_running_loop().time())

    return run(all_of_them())


def fixed(most: int) -> Callable[[], Any]:
    """Slots of a constant number, whatever the server says."""
    gate = asyncio.Semaphore(most)
    return lambda: gate
