from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from bench.clients.chat_api import ChatApi
from bench.clients.messages import Message
from bench.clients.remembered import Remembered
from tests.loopback import Loopback

SETTINGS = {
    "model": "loopback",
    "key_variable": None,
    "max_tokens": 64,
    "max_tokens_field": "max_tokens",
    "temperature": None,
    "seeded": True,
    "detail": None,
    "extra": {},
    "price_in": None,
    "price_out": None,
    "price_date": None,
    "concurrency": 8,
    "timeout": 20.0,
    "attempts": 3,
}


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


@pytest.fixture
def api(server: Loopback) -> Callable[..., ChatApi]:
    """Makes a client of the loopback server; keywords change its settings."""
    return lambda **changed: ChatApi(**{**SETTINGS, "base_url": server.base_url, **changed})


@pytest.fixture
def remembered(api: Callable[..., ChatApi], tmp_path: Path) -> Callable[..., Remembered]:
    """Makes a client that remembers in the test's folder; keywords change the settings of the client behind it."""
    folder = str(tmp_path / "answers")
    return lambda dollars=None, **changed: Remembered(client=api(**changed), folder=folder, dollars=dollars)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries follow at once unless a server asks for a wait, and soon end."""
    monkeypatch.setattr("bench.clients.retries.FIRST_WAIT", 0.001)
    monkeypatch.setattr("bench.clients.retries.PATIENCE", 1.0)


@pytest.fixture
def message() -> Message:
    return picture(0)


def picture(seed: int, channels: int = 1) -> Message:
    pixels = np.random.default_rng(seed).integers(0, 256, (channels, 16, 24), dtype=np.uint8)
    return Message("What changes?", (pixels,))
