import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from bench.clients.answer_book import AnswerBook, request_key
from bench.clients.messages import Answer, Client, Message, Unusable
from bench.clients.remembered import Remembered
from bench.errors import ClientError, DataError
from tests.clients.conftest import SETTINGS, picture
from tests.loopback import Loopback

Make = Callable[..., Remembered]

ASK = """
import asyncio, json, sys
from bench.clients.chat_api import ChatApi
from bench.clients.messages import Message
from bench.clients.remembered import Remembered

client = Remembered(client=ChatApi(**json.loads(sys.argv[1])), folder=sys.argv[2], dollars=None)

async def ask(i):
    answer = await client(Message(f"question {i}"), 0)
    print(json.dumps([i, answer.text]), flush=True)

async def main():
    await asyncio.gather(*(ask(i) for i in range(60)))

asyncio.run(main())
"""


def ask(client: Client, message: Message, replicate: int = 0) -> Answer:
    return asyncio.run(client(message, replicate))


def test_keeps_the_protocol(remembered: Make) -> None:
    assert isinstance(remembered(), Client)


def test_the_same_request_is_sent_once(server: Loopback, remembered: Make, message: Message) -> None:
    client = remembered()
    assert ask(client, message) == ask(client, message)
    assert len(server.received) == 1


def test_another_run_sends_nothing_again(server: Loopback, remembered: Make, message: Message) -> None:
    first = ask(remembered(), message)
    assert ask(remembered(), Message(message.text, (message.images[0].copy(),))) == first
    assert len(server.received) == 1


def test_equal_requests_under_way_are_merged(remembered: Make, message: Message) -> None:
    async def several(client: Client) -> list[Answer]:
        return await asyncio.gather(*(client(message, i % 2) for i in range(10)))

    with Loopback(delay=0.05) as server:
        client = remembered(base_url=server.base_url)
        answers = asyncio.run(several(client))
    assert len(server.received) == 2
    assert len({answer.text for answer in answers}) == 2
    assert (client.usage().misses, client.usage().merged, client.usage().hits) == (2, 8, 0)


def test_one_who_gives_up_does_not_take_the_answer_from_others(remembered: Make, message: Message) -> None:
    async def two(client: Client) -> Answer:
        first = asyncio.create_task(client(message, 0))
        second = asyncio.create_task(client(message, 0))
        await asyncio.sleep(0.05)
        first.cancel()
        return await second

    with Loopback(delay=0.2) as server:
        assert asyncio.run(two(remembered(base_url=server.base_url))).text
    assert len(server.received) == 1


CHANGES = {
    "text": lambda m: (Message("What else?", m.images), 0, {}),
    "pixel": lambda m: (Message(m.text, (np.where(m.images[0] == m.images[0].max(), 0, m.images[0]).astype(np.uint8),)), 0, {}),
    "shape of the same bytes": lambda m: (Message(m.text, (m.images[0].reshape(1, 24, 16),)), 0, {}),
    "number of images": lambda m: (Message(m.text, m.images * 2), 0, {}),
    "replicate": lambda m: (m, 1, {}),
    "temperature": lambda m: (m, 0, {"temperature": 0.5}),
    "max_tokens": lambda m: (m, 0, {"max_tokens": 65}),
    "model": lambda m: (m, 0, {"model": "another"}),
    "extra": lambda m: (m, 0, {"extra": {"top_p": 0.5}}),
    "detail": lambda m: (m, 0, {"detail": "low"}),
    "server": lambda m: (m, 0, {"base_url": "http://127.0.0.1:9/v1"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_the_answer_changes_the_key(remembered: Make, message: Message, change: str) -> None:
    changed, replicate, settings = CHANGES[change](message)
    assert request_key(remembered().request(message, 0)) != request_key(remembered(**settings).request(changed, replicate))


@pytest.mark.parametrize(
    "settings",
    [{"timeout": 1.0}, {"attempts": 9}, {"concurrency": 1}, {"price_in": 1.0, "price_out": 2.0}, {"key_variable": "SOME_KEY"}],
    ids=str,
)
def test_what_changes_no_answer_keeps_the_key(remembered: Make, message: Message, settings: dict[str, object]) -> None:
    assert request_key(remembered().request(message, 0)) == request_key(remembered(**settings).request(message, 0))


def test_a_key_stays_the_same_for_good() -> None:
    message = Message("What changes?", (np.arange(6, dtype=np.uint8).reshape(1, 2, 3),))
    identity = {"model": "m", "temperature": 1.0}
    request = {"client": identity, "text": message.text, "images": message.fingerprints, "replicate": 3}
    assert request_key(request) == "423a04cf73000f89d38121558a88b463ad624cfe19173db947e623a6bd481973"


@pytest.mark.parametrize("outcome", ["refusal", "content_filter", "empty", "length"])
def test_failures_of_the_model_are_remembered(server: Loopback, remembered: Make, message: Message, outcome: str) -> None:
    server.script.append(outcome)
    raised = []
    for client in (remembered(), remembered()):
        with pytest.raises(Unusable) as caught:
            ask(client, message)
        raised.append((caught.value.kind, str(caught.value), caught.value.prompt_tokens, caught.value.completion_tokens))
    assert raised[0] == raised[1]
    assert len(server.received) == 1


@pytest.mark.parametrize("outcome", ["500", "429:999", "401", "malformed", "drop"])
def test_failures_of_the_transport_are_not(server: Loopback, remembered: Make, message: Message, outcome: str) -> None:
    server.script.append(outcome)
    client = remembered(attempts=1)
    with pytest.raises(ClientError):
        ask(client, message)
    assert not client.knows(message, 0)
    assert ask(client, message).text
    assert len(server.received) == 2


def test_usage_adds_up_and_counts_what_was_sent(server: Loopback, remembered: Make) -> None:
    server.script.extend(["ok", "length", "500"])
    client = remembered(attempts=1, price_in=1.0, price_out=10.0)
    for i in (0, 1, 2, 0, 1):
        try:
            ask(client, Message(f"question {i}"))
        except ClientError:
            continue
    usage = client.usage()
    assert (usage.misses, usage.hits, usage.merged) == (3, 2, 0)
    assert usage.failures == {"truncated": 1, "unreachable": 1}
    assert (usage.prompt_tokens, usage.completion_tokens) == (200, 20)
    assert usage.cost == pytest.approx((200 * 1.0 + 20 * 10.0) / 1e6)


def test_an_interrupted_run_sends_no_answered_request_again(tmp_path: Path) -> None:
    with Loopback(delay=0.1) as server:
        settings = json.dumps(SETTINGS | {"base_url": server.base_url, "concurrency": 4})
        command = [sys.executable, "-c", ASK, settings, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            answered = dict(json.loads(process.stdout.readline()) for _ in range(20))
            os.kill(process.pid, signal.SIGKILL)
        before = len(server.received)
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    answers = dict(json.loads(line) for line in done.stdout.splitlines())
    assert len(answers) == 60
    assert answered.items() <= answers.items()
    assert 20 <= before < 60
    sent_again = len(server.received) - 60
    assert 0 <= sent_again <= 4
    asked = [received.body["messages"][0]["content"][0]["text"] for received in server.received]
    assert all(asked.count(f"question {i}") == 1 for i in answered)


def test_several_processes_share_one_file(tmp_path: Path) -> None:
    with Loopback(delay=0.01) as server:
        command = [sys.executable, "-c", ASK, json.dumps(SETTINGS | {"base_url": server.base_url}), str(tmp_path)]
        processes = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
        assert [process.wait(60) for process in processes] == [0, 0]
    with sqlite3.connect(tmp_path / "answers.sqlite") as file:
        assert file.execute("SELECT count(*) FROM answers").fetchone() == (60,)
    file.close()


def test_the_file_holds_requests_as_json_and_images_by_hash(server: Loopback, remembered: Make, tmp_path: Path) -> None:
    message = picture(3)
    client = remembered()
    ask(client, message, 5)
    with sqlite3.connect(tmp_path / "answers" / "answers.sqlite") as file:
        ((key, request, outcome),) = file.execute("SELECT key, request, outcome FROM answers")
    file.close()
    assert request_key(json.loads(request)) == key
    assert json.loads(request)["images"] == [dict(message.fingerprints[0])]
    assert json.loads(request)["replicate"] == 5
    assert set(json.loads(outcome)) == {"text", "finish", "prompt_tokens", "completion_tokens"}


def test_the_key_of_the_server_is_in_no_file(
    server: Loopback, remembered: Make, message: Message, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "sk-test-0123456789"
    monkeypatch.setenv("SOME_KEY", secret)
    server.answer = lambda body: f"your key is {secret}"
    client = remembered(key_variable="SOME_KEY")
    assert ask(client, message).text == "your key is [key]"
    server.script.append("refusal")
    with pytest.raises(Unusable):
        ask(client, message, 1)
    assert all(secret.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_file_that_is_no_database_is_told(remembered: Make, message: Message, tmp_path: Path) -> None:
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "answers.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(DataError, match="move it away"):
        ask(remembered(), message)


def test_looking_makes_no_file(remembered: Make, message: Message, tmp_path: Path) -> None:
    assert not remembered().knows(message, 0)
    assert not list(tmp_path.iterdir())


def test_a_file_that_can_no_longer_be_written_is_named(tmp_path: Path) -> None:
    book = AnswerBook(tmp_path / "answers.sqlite")
    with closing(sqlite3.connect(book.path)) as other:
        other.execute("DROP TABLE answers")
    with pytest.raises(DataError, match=r"answers\.sqlite, got no such table"):
        book.put("key", {}, {})
    with pytest.raises(DataError, match=r"answers\.sqlite, got no such table"):
        book.get("key")
    book.close()
