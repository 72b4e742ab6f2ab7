"""How many calls an account may have under way at once: found out from what its server says, never above a given bound."""

import asyncio
import math
from asyncio import AbstractEventLoop, Future
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple
from weakref import WeakKeyDictionary

from numpy.random import Generator

from bench.clients.messages import Unusable
from bench.clients.retries import LONGEST_ASKED, PATIENCE, Again, wait

START = 8  # calls under way at first
BACK_OFF = 0.5  # what is left of the window when the server says that it is asked too much
PROBE = 1 / 16  # of the usual growth, while the next call would be the one that the server last refused
LONE = 1 / 4  # of the usual growth of a window of one, where that was too much


class Account(NamedTuple):
    """Whom a server counts its calls against, and the bound that its clients were given. The key itself is not held."""

    server: str
    key_variable: str | None
    most: int


class Window:
    """The slots of one account, for one event loop: congestion control as in TCP (Jacobson 1988, RFC 5681).

    Each success adds a slot until the server first pushes back (slow start), later one slot for each window of successes, and none
    while slots stand empty. A push back (`Again.busy`) halves the window, once for all calls that were under way at that moment,
    and the account rests for as long as the server asks. What was too much is remembered (as in RFC 9438): the window returns to
    just below it and goes there again only now and then. A push back below it says that something else is the limit, such as chance
    or a rate; then it is forgotten.

    A window of one that is still too much rests for doubling times; a success takes back half of the doublings, since the next
    call is likely to be too early again. After rests of `PATIENCE` seconds without a success, who is turned away fails.
    """

    def __init__(self, most: int, jitter: Generator) -> None:
        self.most = most
        self.size = float(min(START, most))
        self._jitter = jitter
        self._known = math.inf  # calls at once that the server last took before it pushed back
        self._slow_start = True
        self._under_way = 0
        self._episode = 0  # how often the server has pushed back
        self._rests, self._rested_for = 0, 0.0  # doublings of the rest of a window of one; seconds since the last success
        self._resting = False
        self._waiting: deque[Future[None]] = deque()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """A place for one try, whose outcome moves the window."""
        await self._room()
        episode = self._episode
        try:
            yield
            self._grow(episode)
        except Unusable:
            self._grow(episode)
            raise
        except Again as again:
            if again.busy:
                self._shrink(episode, again.asked)
            if again.busy and self._hopeless:
                raise again.failure from None
            raise
        finally:
            self._under_way -= 1
            self._wake()

    async def _room(self) -> None:
        try:
            while not self._open:
                waiting = asyncio.get_running_loop().create_future()
                self._waiting.append(waiting)
                await waiting
            self._under_way += 1
        finally:
            self._wake()

    @property
    def _open(self) -> bool:
        return not self._resting and self._under_way < int(self.size)

    @property
    def _hopeless(self) -> bool:
        return self._rested_for > PATIENCE

    def _grow(self, episode: int) -> None:
        self._rests //= 2
        self._rested_for = 0.0
        full = bool(self._waiting) or self._under_way >= int(self.size)
        if not full or self._resting or episode != self._episode:
            return
        refused_next = self._known <= self.size < self._known + 1
        share = LONE if self._known < 1 and self.size < 2 else PROBE if refused_next else 1.0
        self.size = min(float(self.most), self.size + (1.0 if self._slow_start else share / self.size))

    def _shrink(self, episode: int, asked: float | None) -> None:
        if episode != self._episode:
            return
        self._episode += 1
        self._slow_start = False
        taken = self._under_way - 1.0
        self._known = math.inf if taken < self._known < math.inf else taken
        small = self.size < 2
        self.size = max(1.0, taken * BACK_OFF)
        if (asked or 0.0) > LONGEST_ASKED or self._hopeless:
            return
        if small:
            self._rests += 1
            asked = wait(self._rests, asked, self._jitter)
        if asked is not None:
            self._rest(asked)

    def _rest(self, seconds: float) -> None:
        self._rested_for += seconds
        self._resting = True
        asyncio.get_running_loop().call_later(seconds, self._rested)

    def _rested(self) -> None:
        self._resting = False
        self._wake()

    def _wake(self) -> None:
        """Let the next one that waits look again; it wakes the one after it. Who gave up, or whose loop ended, is passed over."""
        while self._waiting and self._open:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(None)
                return


# The one thing that clients share without being told: an account is the same whichever of them asks it.
_WINDOWS: WeakKeyDictionary[AbstractEventLoop, dict[Account, Window]] = WeakKeyDictionary()


def window(account: Account, jitter: Generator) -> Window:
    """The window of an account in the running event loop."""
    windows = _WINDOWS.setdefault(asyncio.get_running_loop(), {})
    same = account._replace(server=account.server.rstrip("/"))
    if same not in windows:
        windows[same] = Window(account.most, jitter)
    return windows[same]
