import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from bench.clients.budget import Budget
from bench.clients.messages import Answer, Client, Message
from bench.clients.remembered import Remembered
from bench.errors import ClientError, ConfigError
from tests.loopback import Loopback

Make = Callable[..., Remembered]
PRICES = {"price_in": 100.0, "price_out": 1000.0}  # a call of the loopback server: 100 and 10 tokens, 2 cents


async def every(client: Client, n: int) -> list[Answer | BaseException]:
    return await asyncio.gather(*(client(Message(f"question {i}"), 0) for i in range(n)), return_exceptions=True)


def ended(client: Client, n: int) -> Counter[str]:
    return Counter("answered" if isinstance(end, Answer) else end.kind for end in asyncio.run(every(client, n)))


@pytest.mark.parametrize(("dollars", "answered"), [(0.0, 0), (0.01, 1), (0.1, 5), (0.11, 5), (1.0, 40)])
def test_a_run_stops_at_its_limit_whatever_is_under_way(dollars: float, answered: int, remembered: Make) -> None:
    with Loopback(delay=0.01) as server:
        client = remembered(dollars=dollars, base_url=server.base_url, concurrency=64, **PRICES)
        kinds = ended(client, 40)
    assert kinds == Counter(answered=answered, out_of_quota=40 - answered)
    assert len(server.received) == answered == client.usage().misses
    assert client.usage().cost == pytest.approx(0.02 * answered)


def test_a_later_run_goes_on_and_sends_nothing_twice(server: Loopback, remembered: Make) -> None:
    ended(remembered(dollars=0.1, **PRICES), 12)
    assert ended(remembered(dollars=0.1, **PRICES), 12) == Counter(answered=10, out_of_quota=2)
    assert ended(remembered(**PRICES), 12) == Counter(answered=12)
    assert len({received.sha256 for received in server.received}) == len(server.received) == 12


def test_what_is_remembered_is_free(server: Loopback, remembered: Make) -> None:
    ended(remembered(**PRICES), 4)
    assert ended(remembered(dollars=0.0, **PRICES), 4) == Counter(answered=4)


def test_answers_without_use_are_paid_for(server: Loopback, remembered: Make) -> None:
    server.script.extend(["refusal"] * 9)
    assert ended(remembered(dollars=0.1, **PRICES), 9) == Counter(refused=5, out_of_quota=4)


def test_a_failed_transport_makes_room_for_the_next_call(server: Loopback, remembered: Make) -> None:
    server.script.extend(["400", "400"])
    assert ended(remembered(dollars=0.1, **PRICES), 9) == Counter(rejected=2, answered=5, out_of_quota=2)


def test_free_models_have_no_limit(server: Loopback, remembered: Make) -> None:
    assert ended(remembered(dollars=0.1, price_in=0.0, price_out=0.0), 20) == Counter(answered=20)


def test_a_limit_needs_prices(remembered: Make) -> None:
    with pytest.raises(ConfigError, match="price_in and price_out"):
        remembered(dollars=1.0)


def test_one_client_keeps_its_limit_over_event_loops(server: Loopback, remembered: Make) -> None:
    client = remembered(dollars=0.1, **PRICES)
    ended(client, 3)
    assert ended(client, 12) == Counter(answered=5, out_of_quota=7)


def test_who_gives_up_waiting_holds_up_nobody() -> None:
    async def run() -> list[str]:
        budget, done = Budget(10.0), []

        async def call(name: str, seconds: float) -> None:
            async with budget.reserved():
                await asyncio.sleep(seconds)
                budget.spend(1.0)
                done.append(name)

        tasks = [asyncio.create_task(call(name, 0.02)) for name in ("first", "second", "third")]
        await asyncio.sleep(0.005)
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return done

    assert asyncio.run(run()) == ["first", "third"]


def test_the_message_says_what_was_spent_and_what_to_do(server: Loopback, remembered: Make) -> None:
    client = remembered(dollars=0.02, **PRICES)
    ended(client, 1)
    with pytest.raises(ClientError, match=r"limit of \$0.02 is reached \(\$0.0200 spent\)"):
        asyncio.run(client(Message("more"), 0))
