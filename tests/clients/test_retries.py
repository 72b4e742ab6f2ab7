import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import numpy as np
import pytest

from bench.clients import retries
from bench.clients.retries import Again, asked_wait, retried, wait
from bench.errors import ClientError
from tests.clients.virtual import run

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "300"}, 0.3),
        ({"retry-after-ms": "300", "retry-after": "7"}, 0.3),
        ({"retry-after": format_datetime(NOW + timedelta(seconds=42), usegmt=True)}, 42.0),
        ({"retry-after": format_datetime(NOW - timedelta(seconds=42), usegmt=True)}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_wait_that_a_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_wait(headers, NOW) == seconds


def test_waits_double_and_are_spread_up_to_a_limit() -> None:
    jitter = np.random.default_rng(0)
    for attempt in range(1, 12):
        step = min(retries.LONGEST_WAIT, retries.FIRST_WAIT * 2 ** (attempt - 1))
        drawn = [wait(attempt, None, jitter) for _ in range(200)]
        assert step / 2 <= min(drawn) < 0.6 * step
        assert 0.9 * step < max(drawn) <= step


def test_waits_stay_at_their_limit_however_many_tries_came_before() -> None:
    assert wait(5000, None, np.random.default_rng(0)) <= retries.LONGEST_WAIT


def test_never_waits_less_than_asked() -> None:
    jitter = np.random.default_rng(0)
    assert all(5.0 <= wait(1, 5.0, jitter) <= 5.0 + retries.FIRST_WAIT for _ in range(200))


def test_equal_generators_give_equal_waits() -> None:
    assert wait(3, None, np.random.default_rng(7)) == wait(3, None, np.random.default_rng(7))


class Failing:
    def __init__(self, times: int, asked: float | None = None, busy: bool = False) -> None:
        self.times, self.asked, self.busy, self.tries = times, asked, busy, 0

    async def __call__(self) -> str:
        self.tries += 1
        if self.tries <= self.times:
            raise Again(ClientError("unreachable", f"try {self.tries}"), self.asked, self.busy)
        return "answered"


def test_the_first_success_counts(quick: None) -> None:
    send = Failing(times=2)
    assert asyncio.run(retried(send, 3, np.random.default_rng(0))) == "answered"
    assert send.tries == 3


def test_the_last_failure_is_raised_without_a_context(quick: None) -> None:
    send = Failing(times=9)
    with pytest.raises(ClientError, match="try 3") as caught:
        asyncio.run(retried(send, 3, np.random.default_rng(0)))
    assert send.tries == 3
    assert caught.value.__context__ is None


def test_tries_that_a_busy_server_turned_away_are_not_counted() -> None:
    send = Failing(times=9, busy=True)
    assert run(retried(send, 1, np.random.default_rng(0))) == "answered"
    assert send.tries == 10


@pytest.mark.parametrize("asked", [None, 0.0, 60.0])
def test_waits_for_a_busy_server_add_up_to_a_bound(asked: float | None) -> None:
    async def spent() -> float:
        with pytest.raises(ClientError, match="try"):
            await retried(Failing(times=10_000, asked=asked, busy=True), 3, np.random.default_rng(0))
        return asyncio.get_running_loop().time()

    assert retries.PATIENCE - retries.LONGEST_WAIT - (asked or 0.0) < run(spent()) <= retries.PATIENCE


def test_a_wait_beyond_reason_is_not_waited_for() -> None:
    send = Failing(times=1, asked=retries.LONGEST_ASKED + 1)
    with pytest.raises(ClientError, match="try 1"):
        asyncio.run(retried(send, 3, np.random.default_rng(0)))
    assert send.tries == 1


def test_other_errors_are_not_retried() -> None:
    async def send() -> str:
        raise ClientError("rejected", "no")

    with pytest.raises(ClientError, match="no"):
        asyncio.run(retried(send, 3, np.random.default_rng(0)))
