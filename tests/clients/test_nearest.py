import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.canonical import canonical
from bench.clients.messages import Message
from bench.clients.nearest import differences, explain
from bench.clients.remembered import Remembered
from bench.errors import DataError
from tests.clients.conftest import picture


@pytest.fixture
def kept(remembered: Callable[..., Remembered], tmp_path: Path) -> tuple[Remembered, Path]:
    """A client that has been asked three questions, and its folder."""
    client = remembered()
    for message, replicate in ((picture(0), 0), (Message("another text"), 4), (picture(1), 0)):
        asyncio.run(client(message, replicate))
    return client, tmp_path / "answers"


def test_differences_have_paths_and_both_values() -> None:
    asked = {"client": {"model": "a", "extra": {}}, "images": [{"sha256": "1"}], "replicate": 0}
    other = {"client": {"model": "b", "extra": {"top_p": 0.5}}, "images": [], "replicate": 0}
    assert differences(asked, other) == {
        "client.model": ("a", "b"),
        "client.extra.top_p": ("(nothing)", 0.5),
        "images[0].sha256": ("1", "(nothing)"),
    }


def test_a_kept_request_is_found(kept: tuple[Remembered, Path]) -> None:
    client, path = kept
    (line,) = explain(path, canonical(client.request(picture(1), 0))).splitlines()
    assert line.startswith("kept as ")


def test_a_miss_names_the_nearest_request_and_what_differs(
    kept: tuple[Remembered, Path], remembered: Callable[..., Remembered]
) -> None:
    asked = remembered(temperature=0.5).request(picture(1), 0)
    head, line = explain(kept[1], canonical(asked)).splitlines()
    assert "differs in 1 fields" in head
    assert line == "client.temperature: asked 0.5, kept None"


def test_changed_pixels_are_seen_in_their_hash(kept: tuple[Remembered, Path]) -> None:
    client, path = kept
    _, line = explain(path, canonical(client.request(picture(2), 0))).splitlines()
    assert line.startswith("images[0].sha256: asked ")


def test_long_values_are_cut(kept: tuple[Remembered, Path]) -> None:
    client, path = kept
    lines = explain(path, canonical(client.request(Message("word " * 100, picture(0).images), 0))).splitlines()
    assert max(map(len, lines)) < 250


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="found none"):
        explain(tmp_path, json.dumps({}))


def test_a_request_that_is_no_json_is_told(kept: tuple[Remembered, Path]) -> None:
    with pytest.raises(DataError, match="as JSON"):
        explain(kept[1], "{")
