"""Anthropic's own protocol, Messages, by its official SDK (the extra `anthropic`)."""

import json
from collections.abc import Mapping
from functools import cached_property, partial
from typing import Annotated, Any, ClassVar

from pydantic import Field

from bench.clients.calls import Calls, on_loopback
from bench.clients.extras import sdk
from bench.clients.keys import hidden, key
from bench.clients.messages import Answer, Message, Unusable
from bench.clients.png import base64_png
from bench.clients.prices import dollars
from bench.clients.replies import SHOWN, refuse
from bench.clients.retries import Again
from bench.clients.window import Account
from bench.component import component
from bench.errors import ClientError


@component
class AnthropicApi:
    """One model. `key_variable` names the environment variable that holds the key; `temperature` is sent unless `None`.

    `extra` are further fields of the request. Prices are dollars per million tokens on `price_date`. `concurrency`, `timeout`
    (seconds a try) and `attempts` change no answer. Answers of one message differ by chance alone: the protocol has no seed.
    """

    version: ClassVar[int] = 1

    model: str
    base_url: Annotated[str, Field(pattern=r"^https?://[^@?#]+$")]
    key_variable: str
    max_tokens: Annotated[int, Field(gt=0)]
    temperature: float | None
    extra: Mapping[str, object]
    price_in: float | None
    price_out: float | None
    price_date: str | None
    concurrency: Annotated[int, Field(gt=0)]
    timeout: Annotated[float, Field(gt=0)]
    attempts: Annotated[int, Field(gt=0)]

    @property
    def identity(self) -> Mapping[str, object]:
        """What changes the answer beside the message."""
        settings = {"max_tokens": self.max_tokens, "temperature": self.temperature, "extra": self.extra}
        return {"protocol": "anthropic messages", "server": self.base_url.rstrip("/"), "model": self.model, **settings}

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """Price in dollars, `None` when unknown."""
        return dollars(prompt_tokens, completion_tokens, self.price_in, self.price_out)

    async def __call__(self, message: Message, replicate: int) -> Answer:
        del replicate
        return await self._calls(partial(self._send, self._body(message)))

    async def _send(self, body: Mapping[str, object], client: Any) -> Answer:
        status, headers, text = await self._post(body, client)
        text = hidden(text, self.key_variable)
        return answer(text) if status == 200 else refuse(status, headers, text)

    async def _post(self, body: Mapping[str, object], client: Any) -> tuple[int, Mapping[str, str], str]:
        """Status, headers and text of the reply. The SDK's own errors hold the key in their requests, so none of them gets out."""
        module = sdk("anthropic", "anthropic")
        try:
            return 200, {}, await client.post("/v1/messages", cast_to=str, body=body)
        except module.APIStatusError as error:
            return error.status_code, error.response.headers, error.response.text
        except module.APITimeoutError:
            failure = ClientError("timed_out", f"no reply from {self.base_url} within {self.timeout} s")
        except (module.AnthropicError, UnicodeError) as error:
            failure = ClientError("unreachable", f"no reply from {self.base_url}: {type(error.__cause__ or error).__name__}")
        raise Again(failure)

    def _body(self, message: Message) -> dict[str, object]:
        sources = ({"type": "base64", "media_type": "image/png", "data": base64_png(image)} for image in message.images)
        content = [{"type": "text", "text": message.text}, *({"type": "image", "source": source} for source in sources)]
        turn = {"role": "user", "content": content}
        heat = {} if self.temperature is None else {"temperature": self.temperature}
        return {"model": self.model, "max_tokens": self.max_tokens, "messages": [turn], **heat, **self.extra}

    def _connect(self) -> Any:
        module = sdk("anthropic", "anthropic")
        http = module.DefaultAsyncHttpxClient(trust_env=not on_loopback(self.base_url))
        settings = {"base_url": self.base_url, "max_retries": 0, "timeout": self.timeout, "http_client": http}
        return module.AsyncAnthropic(api_key=key(self.key_variable), **settings)

    @cached_property
    def _calls(self) -> Calls[Any]:
        return Calls(self._connect, Account(self.base_url, self.key_variable, self.concurrency), self.timeout, self.attempts)


def answer(body: str) -> Answer:
    """The answer in a reply with status 200. Raises `Unusable` when there is none, `Again` when the reply cannot be read."""
    try:
        reply = json.loads(body)
        text = "".join(block["text"] for block in reply["content"] if block["type"] == "text").strip()
        finish, usage = str(reply["stop_reason"]), reply["usage"]
        tokens = (int(usage["input_tokens"]), int(usage["output_tokens"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Again(ClientError("unparsable", f"expected a message, got {body[:SHOWN]!r}")) from None
    if finish == "refusal":
        raise Unusable("refused", f"the model refused: {text[:SHOWN]}", *tokens)
    if finish in ("max_tokens", "model_context_window_exceeded"):
        raise Unusable("truncated", f"the answer was cut after {tokens[1]} tokens; raise max_tokens", *tokens)
    if not text:
        raise Unusable("empty", f"the answer holds no text (it ended with {finish!r})", *tokens)
    return Answer(text, finish, *tokens)
