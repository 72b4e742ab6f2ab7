import asyncio
from collections.abc import Callable

import numpy as np
import pytest

from bench.clients.chat_api import ChatApi
from bench.clients.messages import Message, Unusable
from bench.clients.retries import LONGEST_ASKED, Again
from bench.clients.window import BACK_OFF, START, Account, Window, window
from bench.errors import ClientError
from tests.clients.virtual import run
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
