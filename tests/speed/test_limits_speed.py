"""Many chat calls against servers with limits: memory, and what an adaptive number of calls at once saves over a fixed one."""

import asyncio
from collections import Counter

import pytest
from clients.many_units import AT_ONCE, UNITS, measured
from clients.virtual import Limited, asked, fixed
from loopback import Loopback

from bench.clients import calls
from bench.clients.chat_api import ChatApi
from bench.clients.messages import Answer, Message
from tests.speed.conftest import seconds
from tests.speed.test_chat_speed import settings

pytestmark = pytest.mark.speed
LIMIT, CALLS = 24, 300


def test_memory_of_many_units(once, figure, tmp_path):
    with Loopback(delay=0.05) as server:
        found = once(lambda: measured(server.base_url, tmp_path, answers=5))
    growth = (found["peak"] - found["before"]) / 1e6
    figure(
        f"{UNITS} units, 5 answers each, concurrency {AT_ONCE}: peak {found['peak'] / 1e6:.0f} MB, {growth:.0f} MB of it above the "
        f"traversals (at most {server.most_at_once} calls at once)"
    )
    assert found["peak"] < 1.5e9


def test_adaptive_against_fixed_concurrency(once, figure, monkeypatch):
    """A server that takes 24 calls at once, asked by a client that may send 64."""

    def sent() -> tuple[float, int]:
        async def ask(client: ChatApi) -> list[Answer | BaseException]:
            return await asyncio.gather(*(client(Message(f"question {i}"), 0) for i in range(CALLS)), return_exceptions=True)

        ended: list[Answer | BaseException] = []
        with Loopback(delay=0.8, at_once=LIMIT) as server:
            client = ChatApi(**settings(server))
            took = seconds(lambda: ended.extend(asyncio.run(ask(client))))
        assert all(isinstance(end, Answer) for end in ended), Counter(map(str, ended))
        return took, sum(received.outcome.startswith("429") for received in server.received)

    ours = once(sent)
    slots = fixed(AT_ONCE)
    monkeypatch.setattr(calls, "window", lambda _account, _jitter: type("Slots", (), {"slot": staticmethod(slots)}))
    theirs = sent()
    figure(
        f"{CALLS} calls, server of {LIMIT} at once: {ours[1]} turned away adaptively, {theirs[1]} at a fixed 64; "
        f"time over that of the fixed one {ours[0] / theirs[0]:.2f}"
    )
    assert ours[1] < theirs[1] / 5


@pytest.mark.parametrize(("rate", "burst", "latency"), [(40, 40, 0.05), (10, 10, 2.0), (2, 10, 0.2), (0.5, 1, 0.5)])
def test_waste_under_a_rate(once, figure, rate, burst, latency):
    """In simulated time, so it says nothing of this machine."""

    def simulated(slots):
        return asked(Limited(latency, a_second=rate, burst=burst), 1000, slots=slots)

    found = {"adaptive": once(lambda: simulated(None)), "fixed 64": simulated(fixed(64))}
    told = "; ".join(f"{name} {run.refused} turned away, {run.kinds['failed']} failed" for name, run in found.items())
    took, least = found["adaptive"].seconds, (1000 - burst) / rate
    figure(f"1000 calls, {rate:g} a second, {latency:g} s each: {told}; adaptive took {took:.0f} s, at least {least:.0f}")
