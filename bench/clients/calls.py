"""Calls through an SDK: a line an event loop, slots of the account, a time-out a try, more tries when a failure may pass."""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Generic, TypeVar
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import numpy as np

from bench.clients.line import Line, Sdk
from bench.clients.messages import Answer
from bench.clients.retries import Again, retried
from bench.clients.window import Account, window
from bench.errors import ClientError

S = TypeVar("S", bound=Sdk)


class Calls(Generic[S]):
    """`connect` makes the SDK's client of the account's server, whose own retries must be off. `timeout` is seconds a try."""

    def __init__(self, connect: Callable[[], S], account: Account, timeout: float, attempts: int) -> None:
        self._connect, self._account = connect, account
        self._timeout, self._attempts = timeout, attempts
        self._lines: WeakKeyDictionary[AbstractEventLoop, Line[S]] = WeakKeyDictionary()
        # Unseeded on purpose: processes that failed together must not come back together. No result depends on it.
        self._jitter = np.random.default_rng()

    async def __call__(self, send: Callable[[S], Awaitable[Answer]]) -> Answer:
        """The answer of the first try that succeeds."""
        line = self._lines.setdefault(asyncio.get_running_loop(), Line(self._connect))
        async with line:
            return await retried(partial(self._try, line, send), self._attempts, self._jitter)

    async def _try(self, line: Line[S], send: Callable[[S], Awaitable[Answer]]) -> Answer:
        async with window(self._account, self._jitter).slot():
            return await self._timed(line, send)

    async def _timed(self, line: Line[S], send: Callable[[S], Awaitable[Answer]]) -> Answer:
        try:
            async with asyncio.timeout(self._timeout):
                return await send(line.sdk)
        except TimeoutError:
            failure = ClientError("timed_out", f"no reply from {self._account.server} within {self._timeout} s")
        raise Again(failure)


def on_loopback(url: str) -> bool:
    """Whether a server runs on this machine, where no proxy named in the environment can reach it."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")
