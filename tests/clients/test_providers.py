"""Each provider's own protocol, through its SDK: what is sent, byte for byte, and what every reply means."""

import asyncio
import base64
import importlib.util
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bench.clients.anthropic_api import AnthropicApi
from bench.clients.chat_api import ChatApi
from bench.clients.extras import sdk
from bench.clients.google_api import GoogleApi
from bench.clients.messages import Answer, Client, Message, Unusable
from bench.clients.png import base64_png, png
from bench.errors import ClientError, ConfigError
from tests.clients.conftest import SETTINGS, picture
from tests.clients.dialects import AnthropicLoopback, GoogleLoopback
from tests.loopback import Loopback, plain_answer

SECRET = "sk-test-0123456789/abcdef"
OWN = {name: SETTINGS[name] for name in ("model", "max_tokens", "price_in", "price_out", "price_date", "concurrency", "timeout")}
OWN |= {"key_variable": "SOME_KEY", "temperature": 0.5, "extra": {}, "attempts": 2}


def present(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@dataclass
class Provider:
    server: Any
    make: Callable[..., Client]


def needs(module: str, extra: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not present(module), reason=f"{module} is absent: pip install 'latentbench[{extra}]' to test it")


@pytest.fixture(
    params=[
        pytest.param("anthropic", marks=needs("anthropic", "anthropic")),
        pytest.param("google", marks=needs("google.genai", "google")),
    ]
)
def provider(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("SOME_KEY", SECRET)
    monkeypatch.setattr("bench.clients.retries.FIRST_WAIT", 0.001)
    with AnthropicLoopback() if request.param == "anthropic" else GoogleLoopback() as server:

        def make(**changed: object) -> Client:
            fields = {**OWN, "base_url": server.base_url, **changed}
            return AnthropicApi(**fields) if request.param == "anthropic" else GoogleApi(**{"seeded": True, **fields})

        yield Provider(server, make)


def sent_anthropic(message: Message) -> bytes:
    data = base64_png(message.images[0])
    source = '{"type":"base64","media_type":"image/png","data":"' + data + '"}'
    content = '[{"type":"text","text":"What changes?"},{"type":"image","source":' + source + "}]"
    turn = '{"role":"user","content":' + content + "}"
    return ('{"model":"loopback","max_tokens":64,"messages":[' + turn + '],"temperature":0.5}').encode()


def sent_google(message: Message) -> bytes:
    data = base64.urlsafe_b64encode(png(message.images[0])).decode()
    parts = '[{"text": "What changes?"}, {"inlineData": {"data": "' + data + '", "mime_type": "image/png"}}]'
    settings = '{"temperature": 0.5, "maxOutputTokens": 64, "seed": 7}'
    return ('{"contents": [{"parts": ' + parts + ', "role": "user"}], "generationConfig": ' + settings + "}").encode()


def sent_chat(message: Message) -> bytes:
    url = '{"url":"data:image/png;base64,' + base64_png(message.images[0]) + '"}'
    content = '[{"type":"text","text":"What changes?"},{"type":"image_url","image_url":' + url + "}]"
    settings = '"max_tokens":64,"temperature":0.5,"seed":7'
    return ('{"model":"loopback","messages":[{"role":"user","content":' + content + "}]," + settings + "}").encode()


def test_the_request_is_this_to_the_byte(provider: Provider, message: Message) -> None:
    asyncio.run(provider.make()(message, 7))
    [received] = provider.server.received
    anthropic = isinstance(provider.server, AnthropicLoopback)
    assert received.content == (sent_anthropic(message) if anthropic else sent_google(message))
    assert received.target.endswith("/v1/messages" if anthropic else "/models/loopback:generateContent")
    # Which header carries the key is the SDK's affair; one does.
    assert len([value for value in received.headers.values() if SECRET in value]) == 1


def test_a_chat_request_is_this_to_the_byte(server: Loopback, api: Callable[..., ChatApi], message: Message) -> None:
    asyncio.run(api(temperature=0.5)(message, 7))
    [received] = server.received
    assert (received.target, received.content) == ("/v1/chat/completions", sent_chat(message))


def test_what_is_not_set_is_not_sent(provider: Provider, message: Message) -> None:
    asyncio.run(provider.make(temperature=None)(message, 7))
    assert "temperature" not in json.dumps(provider.server.received[0].body)


def test_answers_and_tokens_are_those_of_the_server(provider: Provider, message: Message) -> None:
    client = provider.make()
    assert isinstance(client, Client)
    answer = asyncio.run(client(message, 0))
    assert answer.text == plain_answer(provider.server.received[0].body)
    assert (answer.prompt_tokens, answer.completion_tokens) == (100, 10)


@pytest.mark.parametrize("outcome", ["refusal", "empty", "length", "content_filter"])
def test_answers_without_use_are_typed_and_not_retried(provider: Provider, message: Message, outcome: str) -> None:
    if outcome == "content_filter" and isinstance(provider.server, AnthropicLoopback):
        outcome = "refusal"  # the protocol has no other word for it
    provider.server.script.append(outcome)
    with pytest.raises(Unusable) as caught:
        asyncio.run(provider.make()(message, 0))
    refused = "refused" if isinstance(provider.server, AnthropicLoopback) else "filtered"
    kinds = {"refusal": refused, "content_filter": "filtered", "empty": "empty", "length": "truncated"}
    assert (caught.value.kind, caught.value.prompt_tokens, caught.value.completion_tokens) == (kinds[outcome], 100, 10)
    assert len(provider.server.received) == 1


@pytest.mark.parametrize(
    ("fault", "kind", "tries"),
    [
        ("500", "unreachable", 2),
        ("529:999", "unreachable", 1),
        ("429:999", "out_of_quota", 1),
        ("malformed", "unparsable", 2),
        ("drop", "unreachable", 2),
        ("never", "timed_out", 2),
        ("400", "rejected", 1),
        ("401", "rejected", 1),
        ("402", "out_of_quota", 1),
    ],
)
def test_faults_are_typed_and_retried_when_they_may_pass(
    provider: Provider, message: Message, fault: str, kind: str, tries: int
) -> None:
    provider.server.script.extend([fault] * tries)
    with pytest.raises(ClientError) as caught:
        asyncio.run(provider.make(timeout=0.5 if fault == "never" else 20.0)(message, 0))
    assert caught.value.kind == kind
    assert len(provider.server.received) == tries


def test_waits_as_long_as_the_server_asks(provider: Provider, message: Message) -> None:
    provider.server.script.append("429:0.3")
    asyncio.run(provider.make()(message, 0))
    first, second = provider.server.received
    assert second.at - first.at >= 0.3


def test_the_key_shows_in_no_error(provider: Provider, message: Message) -> None:
    provider.server.error_text = f"no such key: {SECRET}"
    provider.server.script.append("401")
    client = provider.make()
    with pytest.raises(ClientError, match=r"\[key\]") as caught:
        asyncio.run(client(message, 0))
    seen: list[BaseException | None] = [caught.value]
    while seen[-1] is not None:
        seen.append(seen[-1].__cause__ or seen[-1].__context__)
    shown = [repr(client), *map(repr, seen), *(str(vars(error)) for error in seen if error)]
    assert not [text for text in shown if SECRET in text]


def test_never_more_calls_at_once_than_slots_over_several_event_loops(provider: Provider) -> None:
    async def every(client: Client) -> list[Answer]:
        return await asyncio.gather(*(client(picture(i), 0) for i in range(8)))

    provider.server.delay = 0.02
    client = provider.make(concurrency=3)
    for _ in range(2):
        assert len(asyncio.run(every(client))) == 8
    assert provider.server.most_at_once == 3


def test_a_missing_key_is_named(provider: Provider, message: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOME_KEY")
    with pytest.raises(ConfigError, match="SOME_KEY"):
        asyncio.run(provider.make()(message, 0))
    assert not provider.server.received


def test_an_absent_sdk_is_named_with_the_way_to_install_it() -> None:
    with pytest.raises(ConfigError, match=r"package of no_such_sdk.*latentbench\[nobody\]"):
        sdk("no_such_sdk", "nobody")
