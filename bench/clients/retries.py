"""Asking again: which failures may pass, and how long to wait. Waits double from try to try and are spread by chance."""

import asyncio
import email.utils
import math
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeVar

from numpy.random import Generator

from bench.errors import ClientError

T = TypeVar("T")

# Seconds. A server that asks for a longer wait than the last is not waited for: the call fails, and a later run can go on.
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
DOUBLINGS = math.ceil(math.log2(LONGEST_WAIT / FIRST_WAIT))  # that lead from the first to the longest
PATIENCE = 900.0  # in all, with a server that says that it is asked too much
LONGEST_ASKED = 120.0


class Again(Exception):
    """A try failed in a way that may pass. `asked` is how many seconds the server asks to wait, if it does.

    `busy`: the server says that it, or the account, is asked too much.
    """

    def __init__(self, failure: ClientError, asked: float | None = None, busy: bool = False) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.asked = asked
        self.busy = busy


async def retried(send: Callable[[], Awaitable[T]], attempts: int, jitter: Generator) -> T:
    """The result of the first try that succeeds. Raises the failure of the last of `attempts` tries.

    A try that the server was too busy for is none of them: it says nothing of the call. Their waits add up to `PATIENCE` at most.
    """
    failed, turned_away, waited = 0, 0, 0.0
    while True:
        try:
            return await send()
        except Again as again:
            failure, asked, busy = again.failure, again.asked, again.busy
        failed, turned_away = failed + (not busy), turned_away + busy
        pause = wait(turned_away if busy else failed, asked, jitter)
        waited += pause * busy
        if failed == attempts or waited > PATIENCE or (asked or 0.0) > LONGEST_ASKED:
            break
        await asyncio.sleep(pause)
    raise failure


def wait(attempt: int, asked: float | None, jitter: Generator) -> float:
    """Seconds to wait after a failed try: at least what the server asked for, else half to all of a doubling step."""
    step = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempt - 1, DOUBLINGS))
    spread = step * float(jitter.uniform(0.5, 1.0))
    return spread if asked is None else asked + spread - step / 2


def asked_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that `retry-after-ms` or `Retry-After` (seconds or an HTTP date) asks for; `None` without a readable one."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            asked = float(headers[name]) / unit
        except (KeyError, ValueError):
            continue
        return asked if asked >= 0 else None
    try:
        date = email.utils.parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(0.0, (date - now).total_seconds()) if date.tzinfo else None
