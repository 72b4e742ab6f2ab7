"""A limit on what a run spends: calls wait until it is sure that they are affordable, and are refused once none is."""

import asyncio
from asyncio import Future
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.errors import ClientError


class Budget:
    """Dollars spent and reserved. Each call under way is reserved the price of the dearest one so far.

    The first call goes alone, since its price shows what to reserve. So the limit is passed only by calls dearer than all before.
    """

    def __init__(self, dollars: float) -> None:
        self.dollars = dollars
        self.spent = 0.0
        self._dearest: float | None = None
        self._under_way = 0
        self._waiting: deque[Future[None]] = deque()

    def spend(self, price: float) -> None:
        """Count what a call has cost."""
        self.spent += price
        self._dearest = max(price, self._dearest or 0.0)

    @asynccontextmanager
    async def reserved(self) -> AsyncIterator[None]:
        """Room for one call. Raises `ClientError` (`out_of_quota`) when there is none and nothing under way could make some."""
        try:
            await self._room()
        finally:
            self._wake()
        try:
            yield
        finally:
            self._under_way -= 1
            self._wake()

    async def _room(self) -> None:
        while not self._fits():
            if self._under_way == 0:
                raise ClientError(
                    "out_of_quota", f"the limit of ${self.dollars:g} is reached (${self.spent:.4f} spent); raise it and run again"
                )
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            await waiting
        self._under_way += 1

    def _fits(self) -> bool:
        if self._dearest is None:
            return self._under_way == 0 and self.dollars > 0
        return self.spent + (self._under_way + 1) * self._dearest <= self.dollars

    def _wake(self) -> None:
        """Let the next one that waits look again; it wakes the one after it. Who gave up, or whose loop ended, is passed over."""
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done() and not waiting.get_loop().is_closed():
                waiting.set_result(None)
                return
