"""The window against servers that limit how often, or by chance, they are asked, for the most part in simulated time."""

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from bench.clients.chat_api import ChatApi
from bench.clients.messages import Answer, Message
from bench.clients.retries import PATIENCE, retried
from bench.clients.window import Window
from tests.clients.virtual import Limited, asked, fixed, run
from tests.loopback import Loopback

Make = Callable[..., ChatApi]


def sent(api: Make, server: Loopback, n: int) -> tuple[Counter[str], Counter[str]]:
    """How `n` calls ended, and what the server did with requests."""

    async def run(client: ChatApi) -> list[Answer | BaseException]:
        calls = (client(Message(f"question {i}"), 0) for i in range(n))
        return await asyncio.gather(*calls, return_exceptions=True)

    ended = asyncio.run(run(api(base_url=server.base_url, concurrency=64, attempts=1)))
    kinds = Counter("answered" if isinstance(end, Answer) else getattr(end, "kind", "") for end in ended)
    return kinds, Counter(received.outcome.split(":")[0] for received in server.received)


@pytest.mark.parametrize("limit", [3, 9])
def test_settles_near_what_a_server_takes_at_once_and_wastes_few_calls(api: Make, limit: int) -> None:
    with Loopback(delay=0.05, at_once=limit) as server:
        kinds, outcomes = sent(api, server, 120)
    assert kinds == Counter(answered=120)
    assert server.most_at_once == limit
    assert 1 <= outcomes["429"] <= 15


@pytest.mark.parametrize("asks", [0.5, None])
def test_every_call_gets_through_a_rate_of_a_real_server(api: Make, asks: float | None) -> None:
    with Loopback(delay=0.01, a_second=10, asks=asks) as server:
        kinds, outcomes = sent(api, server, 30)
    assert kinds == Counter(answered=30)
    assert outcomes["429"] >= 1


# Rate a second, burst, latency, and the most that may be turned away of 1,000 calls.
RATES = [(40, 40, 0.05, 150), (40, 40, 1.0, 10), (10, 10, 2.0, 10), (5, 60, 1.0, 45), (2, 10, 1.0, 110)]


@pytest.mark.parametrize(("rate", "burst", "latency", "waste"), RATES)
def test_a_rate_is_kept_with_little_waste_and_little_delay(rate: float, burst: float, latency: float, waste: int) -> None:
    found = asked(Limited(latency, a_second=rate, burst=burst), 1000)
    assert found.kinds == Counter(answered=1000)
    assert 1 <= found.refused <= waste
    assert found.seconds < 1.35 * (1000 - burst) / rate


# Rate a second, burst, the wait that the server asks for, and the most that may be turned away of 1,000 calls.
SLOW = [(2, 10, None, 900), (0.5, 1, None, 2100), (0.5, 1, 2.0, 1600), (0.5, 1, 0.5, 2300), (1 / 30, 1, 20.0, 3500)]


@pytest.mark.parametrize(("rate", "burst", "asks", "waste"), SLOW)
def test_a_rate_below_one_call_at_a_time_fails_no_call(rate: float, burst: float, asks: float | None, waste: int) -> None:
    found = asked(Limited(0.2, a_second=rate, burst=burst, asks=asks), 1000)
    assert found.kinds == Counter(answered=1000)
    assert found.refused <= waste
    assert found.seconds < 1.7 * (1000 - burst) / rate


# The share that is turned away, the seconds an answer takes, and the least of calls at once on average.
CHANCE = [(0.02, 1.0, 4.5), (0.2, 1.0, 1.1), (0.2, 0.05, 0.35), (0.5, 1.0, 0.3)]


@pytest.mark.parametrize(("chance", "latency", "at_once"), CHANCE)
def test_refusals_by_chance_do_not_close_the_window(chance: float, latency: float, at_once: float) -> None:
    found = asked(Limited(latency, chance=chance), 600)
    assert found.kinds == Counter(answered=600)
    assert found.seconds < 600 * latency / at_once


def test_a_server_that_takes_no_call_is_given_up_for_all_calls_together() -> None:
    found = asked(Limited(1.0, at_once=0), 1000)
    assert found.kinds == Counter(failed=1000)
    assert PATIENCE < found.seconds < 1.1 * PATIENCE
    assert found.refused < 1100


def test_an_account_goes_on_after_its_server_was_away() -> None:
    """Away for most of the patience twice, with an hour between in which nobody asks: no call fails, and none is late for long."""
    server = Limited(0.2)

    async def away() -> float:
        rng, late = np.random.default_rng(0), 0.0
        one = Window(64, rng)
        for _ in range(2):
            server.at_once = 0
            calls = asyncio.gather(*(retried(partial(through, one, server, rng), 1, rng) for _ in range(400)))
            await asyncio.sleep(0.7 * PATIENCE)
            server.at_once, start = np.inf, asyncio.get_running_loop().time()
            await calls
            late = max(late, asyncio.get_running_loop().time() - start)
            await asyncio.sleep(3600)
        return late

    assert run(away()) < 90


async def through(window: Window, server: Limited, rng: np.random.Generator) -> None:
    async with window.slot():
        await server(rng)


@pytest.mark.parametrize("limits", [{"at_once": 24}, {"a_second": 10, "burst": 10}], ids=["at once", "a second"])
def test_a_fixed_number_of_slots_wastes_most_of_its_calls_where_the_window_wastes_few(limits: dict[str, float]) -> None:
    ours, theirs = (asked(Limited(1.0, **limits), 500, slots=slots) for slots in (None, fixed(64)))
    assert ours.kinds == Counter(answered=500)
    assert theirs.refused > 50 * ours.refused
