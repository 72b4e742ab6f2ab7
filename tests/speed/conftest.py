"""Ratios, measured side by side in one run: the two sides take turns, so that a busy machine slows both."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest

FIGURES = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = []


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Notes one line for the summary at the end."""
    return request.config.stash[FIGURES].append


@pytest.fixture
def ratio(benchmark) -> Callable[[Callable, Callable, int], float]:
    """The median over rounds of seconds(ours) / seconds(theirs)."""

    def measured(ours: Callable, theirs: Callable, rounds: int) -> float:
        pairs: list[tuple[float, float]] = []
        benchmark.pedantic(lambda: pairs.append((seconds(ours), seconds(theirs))), rounds=rounds, warmup_rounds=1)
        return median(a / b for a, b in pairs[1:])

    return measured


@pytest.fixture
def once(benchmark) -> Callable[[Callable], Any]:
    """What some work gives, done a single time as a benchmark, without which `make speed` would leave its test out."""
    return lambda work: benchmark.pedantic(work, rounds=1)


def seconds(work: Callable) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    if config.stash[FIGURES]:
        terminalreporter.section("figures")
        for line in config.stash[FIGURES]:
            terminalreporter.write_line(line)
