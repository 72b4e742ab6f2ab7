import asyncio
import base64
import io
import os
import traceback
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from bench.clients.chat_api import ChatApi
from bench.clients.messages import Answer, Client, Message, Unusable
from bench.errors import ClientError, ConfigError
from tests.clients.conftest import picture
from tests.loopback import Loopback, plain_answer

Make = Callable[..., ChatApi]
SECRET = "sk-test-0123456789/abcdef"
ESCAPED = r"sk-test-0123456789\/abcdef"


async def every(client: Client, messages: list[Message], replicates: int = 1) -> list[Answer | BaseException]:
    calls = [client(message, i) for message in messages for i in range(replicates)]
    return await asyncio.gather(*calls, return_exceptions=True)


def kind_of(client: Client, message: Message) -> str:
    with pytest.raises(ClientError) as caught:
        asyncio.run(client(message, 0))
    return caught.value.kind


def test_a_client_keeps_the_protocol(api: Make) -> None:
    assert isinstance(api(), Client)


def test_sends_what_its_fields_say(server: Loopback, api: Make) -> None:
    client = api(temperature=0.5, detail="low", extra={"top_p": 0.9}, max_tokens_field="max_completion_tokens")
    message = picture(0, channels=3)
    asyncio.run(client(message, 7))
    body = dict(server.received[0].body)
    (turn,) = body.pop("messages")
    assert body == {"model": "loopback", "temperature": 0.5, "top_p": 0.9, "max_completion_tokens": 64, "seed": 7}
    text, image = turn["content"]
    assert text == {"type": "text", "text": "What changes?"}
    assert image["image_url"]["detail"] == "low"
    content = base64.b64decode(image["image_url"]["url"].removeprefix("data:image/png;base64,"))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(content))).transpose(2, 0, 1), message.images[0])


def test_leaves_out_what_is_not_set(server: Loopback, api: Make, message: Message) -> None:
    asyncio.run(api(seeded=False)(message, 7))
    assert set(server.received[0].body) == {"model", "messages", "max_tokens"}


def test_six_hundred_calls_at_once_get_their_own_answers(api: Make) -> None:
    messages = [Message(f"question {i}", picture(i % 7).images) for i in range(600)]
    with Loopback(delay=0.02) as server:
        answers = asyncio.run(every(api(base_url=server.base_url, concurrency=64), messages))
    expected = {received.body["messages"][0]["content"][0]["text"]: plain_answer(received.body) for received in server.received}
    assert [answer.text for answer in answers] == [expected[message.text] for message in messages]
    assert len(server.received) == 600
    assert 1 < server.most_at_once <= 64


def test_every_call_ends_answered_or_in_a_typed_failure(api: Make, quick: None) -> None:
    faults = {"500": 0.10, "429:0": 0.10, "malformed": 0.05, "never": 0.05}
    with Loopback(faults=faults) as server:
        client = api(base_url=server.base_url, concurrency=64, timeout=0.5, attempts=2)
        ended = asyncio.run(every(client, [Message(f"question {i}") for i in range(600)]))
    kinds = Counter("answered" if isinstance(end, Answer) else end.kind for end in ended)
    assert set(kinds) == {"answered", "unreachable", "unparsable", "timed_out"}
    assert kinds["answered"] > 500
    sent = Counter(received.sha256 for received in server.received if not received.outcome.startswith("429"))
    assert len(sent) == 600 == kinds.total()
    assert set(sent.values()) == {1, 2}
    last = {received.sha256: received.outcome for received in server.received}
    # A server that is too slow for the time-out counts as one that never answers.
    assert kinds["unreachable"] + kinds["timed_out"] >= Counter(last.values())["500"]
    assert kinds["answered"] <= Counter(last.values())["ok"]


def test_faults_pass_with_enough_attempts(server: Loopback, api: Make, message: Message, quick: None) -> None:
    server.script.extend(["500", "503", "429:0", "408", "409", "malformed", "drop"])
    assert asyncio.run(api(attempts=8)(message, 0)).text == plain_answer(server.received[0].body)
    assert len(server.received) == 8


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("500", "unreachable"),
        ("408", "timed_out"),
        ("malformed", "unparsable"),
        ("drop", "unreachable"),
    ],
)
def test_transport_faults_are_retried_and_typed(
    server: Loopback, api: Make, message: Message, quick: None, fault: str, kind: str
) -> None:
    server.script.extend([fault] * 9)
    assert kind_of(api(attempts=3), message) == kind
    assert len(server.received) == 3


@pytest.mark.parametrize(("fault", "kind"), [("429", "out_of_quota"), ("503", "unreachable"), ("529", "unreachable")])
def test_a_busy_server_is_asked_more_often_than_others_and_not_for_ever(
    server: Loopback, api: Make, message: Message, quick: None, monkeypatch: pytest.MonkeyPatch, fault: str, kind: str
) -> None:
    server.script.extend([fault] * 5)
    assert asyncio.run(api(attempts=1)(message, 0)).text
    assert len(server.received) == 6
    monkeypatch.setattr("bench.clients.retries.PATIENCE", 0.1)
    server.script.extend([fault] * 99)
    assert kind_of(api(attempts=1), message) == kind


@pytest.mark.parametrize("status", ["400", "401", "403", "404", "422"])
def test_rejections_are_not_retried(server: Loopback, api: Make, message: Message, status: str) -> None:
    server.script.append(status)
    assert kind_of(api(), message) == "rejected"
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [("refusal", "refused"), ("content_filter", "filtered"), ("empty", "empty"), ("length", "truncated")],
)
def test_answers_without_use_are_typed_and_not_retried(
    server: Loopback, api: Make, message: Message, outcome: str, kind: str
) -> None:
    server.script.append(outcome)
    with pytest.raises(Unusable) as caught:
        asyncio.run(api()(message, 0))
    assert (caught.value.kind, caught.value.prompt_tokens, caught.value.completion_tokens) == (kind, 100, 10)
    assert not caught.value.transient
    assert len(server.received) == 1


def test_an_account_without_money_is_not_asked_again(server: Loopback, api: Make, message: Message) -> None:
    server.script.append("429")
    server.error_code = "insufficient_quota"
    assert kind_of(api(), message) == "out_of_quota"
    assert len(server.received) == 1


def test_a_filter_that_rejects_the_request_is_a_filter(server: Loopback, api: Make, message: Message) -> None:
    server.script.append("400")
    server.error_code = "content_filter"
    assert kind_of(api(), message) == "filtered"


def test_a_server_that_never_answers_times_out(server: Loopback, api: Make, message: Message, quick: None) -> None:
    server.script.extend(["never", "never"])
    assert kind_of(api(timeout=0.2, attempts=2), message) == "timed_out"
    assert len(server.received) == 2


def test_a_closed_port_is_unreachable(api: Make, message: Message, quick: None) -> None:
    assert kind_of(api(base_url="http://127.0.0.1:9/v1"), message) == "unreachable"


def test_waits_as_long_as_the_server_asks(server: Loopback, api: Make, message: Message, quick: None) -> None:
    server.script.append("429:0.3")
    asyncio.run(api()(message, 0))
    first, second = server.received
    assert second.at - first.at >= 0.3


def test_never_more_calls_at_once_than_slots(api: Make) -> None:
    with Loopback(delay=0.02) as server:
        asyncio.run(every(api(base_url=server.base_url, concurrency=3), [Message(str(i)) for i in range(12)]))
    assert server.most_at_once == 3


def test_one_client_serves_event_loops_one_after_another(server: Loopback, api: Make, message: Message) -> None:
    client = api()
    for i in range(3):
        assert asyncio.run(client(message, i)).text
    assert len(server.received) == 3


def test_a_proxy_in_the_environment_is_not_asked_for_loopback(
    server: Loopback, api: Make, message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert asyncio.run(api()(message, 0)).text


def test_the_key_is_sent_and_no_other_key_is(
    server: Loopback, api: Make, message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "sk-of-another-server")
    monkeypatch.setenv("SOME_KEY", SECRET + "\n")
    asyncio.run(api(key_variable="SOME_KEY")(message, 0))
    asyncio.run(api(key_variable=None)(message, 0))
    assert [received.headers["authorization"] for received in server.received] == [f"Bearer {SECRET}", "Bearer none"]
    assert "sk-of-another-server" not in str(server.received)


@pytest.mark.parametrize("value", ["", "  ", "sk-\u00e9\u00e9\u00e9\u00e9\u00e9", "sk-two\nlines"])
def test_a_missing_or_unfit_key_is_named_and_not_shown(
    server: Loopback, api: Make, message: Message, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("SOME_KEY", value)
    with pytest.raises(ConfigError, match="SOME_KEY") as caught:
        asyncio.run(api(key_variable="SOME_KEY")(message, 0))
    assert not value.strip() or value not in str(caught.value)
    assert not server.received


@pytest.mark.parametrize("fault", ["401", "400", "500", "malformed", "never", "drop", "refusal"])
def test_the_key_shows_nowhere(
    server: Loopback,
    api: Make,
    message: Message,
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    fault: str,
) -> None:
    monkeypatch.setenv("SOME_KEY", SECRET)
    server.error_text = f"no such key: {SECRET}, as JSON {ESCAPED}"
    server.script.extend([fault] * 2)
    client = api(key_variable="SOME_KEY", attempts=2, timeout=0.5)
    with caplog.at_level("DEBUG"), pytest.raises(ClientError) as caught:
        asyncio.run(client(message, 0))
    seen: list[BaseException | None] = [caught.value]
    while seen[-1] is not None:
        seen.append(seen[-1].__cause__ or seen[-1].__context__)
    shown = [repr(client), str(client), caplog.text, *capfd.readouterr(), *map(repr, seen), *map(str, seen)]
    shown += traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    assert SECRET in os.environ["SOME_KEY"]
    assert not [text for text in shown if SECRET in text or ESCAPED in text]


def test_cost_is_unknown_without_prices(api: Make) -> None:
    assert api().cost(1000, 10) is None
    assert api(price_in=1.0, price_out=4.0).cost(1_000_000, 500_000) == 3.0


@pytest.mark.parametrize("url", ["http://user:secret@127.0.0.1/v1", "http://127.0.0.1/v1?key=secret", "127.0.0.1/v1"])
def test_an_address_that_is_not_plain_is_refused(api: Make, url: str) -> None:
    with pytest.raises(ValidationError, match="base_url"):
        api(base_url=url)
