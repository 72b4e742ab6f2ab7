import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from bench.clients.chat_api import ChatApi
from bench.clients.messages import Answer, Message, Unusable
from bench.clients.retries import LONGEST_ASKED, PATIENCE, Again, retried
from bench.clients.window import BACK_OFF, START, Account, Window, window
from bench.errors import ClientError
from tests.clients.virtual import Limited, asked, fixed, run
from tests.loopback import Loopback

Make = Callable[..., ChatApi]
RNG = np.random.default_rng(0)
BUSY = Again(ClientError("out_of_quota", "slow down"), None, busy=True)


def new(most: int = 64) -> Window:
    return Window(most, RNG)


async def together(window: Window, ends: list[Exception | None]) -> float:
    """Calls that are under way together and end together; the size of the window then."""
    gate = asyncio.Event()

    async def one(end: Exception | None) -> None:
        async with window.slot():
            await gate.wait()
            if end is not None:
                raise end

    tasks = [asyncio.create_task(one(end)) for end in ends]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    return window.size


def after(window: Window, ends: list[Exception | None]) -> float:
    return asyncio.run(together(window, ends))


async def rounds(window: Window, calls: int, limit: Callable[[int], int]) -> tuple[list[int], int]:
    """A server that answers in rounds of a second and turns away at once what is beyond its limit, which depends on the round.

    How many calls it took in each round, and how many it turned away; those come again.
    """
    inside: list[asyncio.Event] = []
    taken: list[int] = []
    refused = 0

    async def one() -> None:
        nonlocal refused
        while True:
            try:
                async with window.slot():
                    if len(inside) >= limit(len(taken)):
                        refused += 1
                        raise BUSY
                    inside.append(asyncio.Event())
                    return await inside[-1].wait()
            except Again:
                continue

    tasks = [asyncio.create_task(one()) for _ in range(calls)]
    while sum(taken) < calls:
        await asyncio.sleep(1.0)
        taken.append(len(inside))
        for answer in inside:
            answer.set()
        inside.clear()
    await asyncio.gather(*tasks)
    return taken, refused


def test_starts_small_and_doubles_while_all_goes_well() -> None:
    assert run(rounds(new(), 200, lambda _: 1000)) == ([8, 16, 32, 64, 64, 16], 0)


def test_stays_below_its_bound() -> None:
    assert run(rounds(new(10), 30, lambda _: 1000)) == ([8, 10, 10, 2], 0)
    assert new(3).size == 3.0


def test_stays_near_the_limit_of_a_server_and_tries_it_only_now_and_then() -> None:
    taken, refused = run(rounds(new(), 1000, lambda _: 20))
    assert max(taken) == 20
    assert np.mean(taken[4:-1]) > 17
    assert 1 <= refused <= 10


def test_finds_the_limit_again_when_it_falls_and_when_it_rises() -> None:
    taken, refused = run(rounds(new(32), 2000, lambda now: 6 if 20 <= now < 60 else 24))
    assert np.mean(taken[40:60]) > 5
    assert max(taken[60:]) == 24
    assert refused <= 40


def test_does_not_grow_while_slots_stand_empty() -> None:
    assert after(new(), [None] * (START - 1)) == START


def test_answers_without_use_count_as_taken() -> None:
    assert after(new(), [Unusable("refused", "no", 1, 1)] * START) == START + 1


@pytest.mark.parametrize("end", [Again(ClientError("unreachable", "")), ClientError("rejected", "")], ids=["again", "rejected"])
def test_other_failures_move_nothing(end: Exception) -> None:
    assert after(new(), [end] * START) == START


def test_calls_that_were_under_way_together_back_off_once() -> None:
    assert after(new(), [BUSY] * START) == (START - 1) * BACK_OFF


def test_a_window_of_one_rests_when_it_is_still_too_much() -> None:
    async def run() -> float:
        window, loop = new(1), asyncio.get_running_loop()
        await together(window, [BUSY])
        start = loop.time()
        await together(window, [None])
        return loop.time() - start

    assert asyncio.run(run()) >= 0.25


def test_an_account_does_not_rest_for_the_wait_of_a_call_that_is_given_up() -> None:
    async def last() -> float:
        window = new()
        await together(window, [Again(ClientError("out_of_quota", "tomorrow"), LONGEST_ASKED + 1, busy=True)])
        await together(window, [None])
        return asyncio.get_running_loop().time()

    assert run(last()) < 1


def test_an_account_rests_for_as_long_as_its_server_asks(server: Loopback, api: Make) -> None:
    server.script.append("429:0.3")

    async def run(client: ChatApi) -> None:
        first = asyncio.create_task(client(Message("first"), 0))
        while not server.received:
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
        await asyncio.gather(first, client(Message("second"), 0))

    asyncio.run(run(api()))
    turned_away, *later = server.received
    assert all(received.at - turned_away.at >= 0.29 for received in later)
    assert len(later) == 2


def test_clients_of_one_account_share_its_window_and_others_do_not(api: Make) -> None:
    async def run() -> list[int]:
        accounts = [Account("a", "KEY", 4), Account("a/", "KEY", 4), Account("a", "OTHER", 4), Account("b", "KEY", 4)]
        return [id(window(account, RNG)) for account in accounts]

    one, same, other_key, other_server = asyncio.run(run())
    assert one == same
    assert len({one, other_key, other_server}) == 3


def test_two_models_of_one_account_stay_below_the_bound_together(api: Make) -> None:
    async def run(*clients: ChatApi) -> None:
        await asyncio.gather(*(client(Message(f"question {i}"), 0) for client in clients for i in range(10)))

    with Loopback(delay=0.02) as server:
        asyncio.run(run(api(base_url=server.base_url, concurrency=3), api(base_url=server.base_url, concurrency=3, model="other")))
    assert server.most_at_once == 3
    assert len(server.received) == 20


def test_who_gives_up_waiting_holds_up_nobody() -> None:
    async def run() -> list[str]:
        one, done = new(1), []

        async def call(name: str) -> None:
            async with one.slot():
                await asyncio.sleep(0.01)
                done.append(name)

        tasks = [asyncio.create_task(call(name)) for name in ("first", "second", "third")]
        await asyncio.sleep(0.005)
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return done

    assert asyncio.run(run()) == ["first", "third"]


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
        one, late = new(), 0.0
        for _ in range(2):
            server.at_once = 0
            calls = asyncio.gather(*(retried(partial(through, one, server), 1, RNG) for _ in range(400)))
            await asyncio.sleep(0.7 * PATIENCE)
            server.at_once, start = np.inf, asyncio.get_running_loop().time()
            await calls
            late = max(late, asyncio.get_running_loop().time() - start)
            await asyncio.sleep(3600)
        return late

    assert run(away()) < 90


async def through(window: Window, server: Limited) -> None:
    async with window.slot():
        await server(RNG)


@pytest.mark.parametrize("limits", [{"at_once": 24}, {"a_second": 10, "burst": 10}], ids=["at once", "a second"])
def test_a_fixed_number_of_slots_wastes_most_of_its_calls_where_the_window_wastes_few(limits: dict[str, float]) -> None:
    ours, theirs = (asked(Limited(1.0, **limits), 500, slots=slots) for slots in (None, fixed(64)))
    assert ours.kinds == Counter(answered=500)
    assert theirs.refused > 50 * ours.refused
