"""Google's own protocol, generateContent, by its official SDK (the extra `google`)."""

from collections.abc import Mapping
from functools import cached_property, partial
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import Field

from bench.clients.calls import Calls, on_loopback
from bench.clients.extras import sdk
from bench.clients.keys import hidden, key
from bench.clients.messages import Answer, Message, Unusable
from bench.clients.png import png
from bench.clients.prices import dollars
from bench.clients.replies import SHOWN, refuse
from bench.clients.retries import Again
from bench.clients.window import Account
from bench.component import component
from bench.errors import ClientError

FILTERED = frozenset({"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY"})


@component
class GoogleApi:
    """One model. `key_variable` names the environment variable that holds the key; `temperature` is sent unless `None`.

    `seeded` sends the replicate index as the seed. `extra` are further fields of the generation config. Prices are dollars per
    million tokens on `price_date`. `concurrency`, `timeout` (seconds a try) and `attempts` change no answer.
    """

    version: ClassVar[int] = 1

    model: str
    base_url: Annotated[str, Field(pattern=r"^https?://[^@?#]+$")]
    key_variable: str
    max_tokens: Annotated[int, Field(gt=0)]
    temperature: float | None
    seeded: bool
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
        settings = {name: getattr(self, name) for name in ("model", "max_tokens", "temperature", "seeded", "extra")}
        return {"protocol": "google generate content", "server": self.base_url.rstrip("/"), **settings}

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """Price in dollars, `None` when unknown."""
        return dollars(prompt_tokens, completion_tokens, self.price_in, self.price_out)

    async def __call__(self, message: Message, replicate: int) -> Answer:
        return await self._calls(partial(self._send, message, replicate))

    async def _send(self, message: Message, replicate: int, line: "_Line") -> Answer:
        config = {"max_output_tokens": self.max_tokens, **self._sampling(replicate), **self.extra}
        reply = await self._ask(line, model=self.model, contents=_contents(message), config=config)
        if isinstance(reply, _Refused):
            return refuse(reply.status, reply.headers, hidden(reply.text, self.key_variable))
        return answer(reply, self.key_variable)

    async def _ask(self, line: "_Line", **request: object) -> Any:
        """The SDK's reply. Its own errors may hold the key, so none of them gets out."""
        errors = sdk("google.genai.errors", "google")
        try:
            return await line.models.generate_content(**request)
        except errors.APIError as error:
            return _Refused(error.code, error.response.headers, str(error.message))
        except ValueError:
            failure = ClientError("unparsable", f"expected a reply of generateContent from {self.base_url}")
        except _transports() as error:
            failure = ClientError("unreachable", f"no reply from {self.base_url}: {type(error).__name__}")
        raise Again(failure)

    def _sampling(self, replicate: int) -> dict[str, object]:
        given = {"temperature": self.temperature, "seed": replicate if self.seeded else None}
        return {name: value for name, value in given.items() if value is not None}

    def _connect(self) -> "_Line":
        module = sdk("google.genai", "google")
        http = {
            "base_url": self.base_url,
            "timeout": round(1000 * self.timeout),
            "async_client_args": {"trust_env": not on_loopback(self.base_url)},
        }
        return _Line(module.Client(api_key=key(self.key_variable), vertexai=False, http_options=http))

    @cached_property
    def _calls(self) -> Calls["_Line"]:
        return Calls(self._connect, Account(self.base_url, self.key_variable, self.concurrency), self.timeout, self.attempts)


class _Refused(NamedTuple):
    """A reply with an error status."""

    status: int
    headers: Mapping[str, str]
    text: str


class _Line:
    """The asynchronous half of the SDK's client, closed with the other half."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.models = client.aio.models

    async def close(self) -> None:
        await self._client.aio.aclose()
        self._client.close()


def _contents(message: Message) -> list[dict[str, object]]:
    pictures = [{"inlineData": {"mimeType": "image/png", "data": png(image)}} for image in message.images]
    return [{"role": "user", "parts": [{"text": message.text}, *pictures]}]


def _transports() -> tuple[type[Exception], ...]:
    """What the SDK lets through when a connection fails: the errors of whichever HTTP library it was built on."""
    import httpx
    import httpx2

    return (httpx.HTTPError, httpx2.HTTPError, OSError)


def answer(reply: Any, key_variable: str) -> Answer:
    """The answer in a reply. Raises `Unusable` when there is none."""
    usage, blocked = reply.usage_metadata, reply.prompt_feedback and reply.prompt_feedback.block_reason
    tokens = (int((usage and usage.prompt_token_count) or 0), _told(usage))
    if blocked:
        raise Unusable("filtered", f"the provider blocked the prompt ({blocked.name})", *tokens)
    if not reply.candidates:
        raise Again(ClientError("unparsable", "expected a candidate, got none"))
    (first, *_) = reply.candidates
    finish = first.finish_reason.name if first.finish_reason else "None"
    parts = (first.content and first.content.parts) or []
    text = hidden("".join(part.text for part in parts if part.text and not part.thought).strip(), key_variable)
    if finish in FILTERED:
        raise Unusable("filtered", f"the provider withheld the answer ({finish})", *tokens)
    if finish == "MAX_TOKENS":
        raise Unusable("truncated", f"the answer was cut after {tokens[1]} tokens; raise max_tokens", *tokens)
    if not text:
        raise Unusable("empty", f"the answer holds no text (it ended with {finish[:SHOWN]!r})", *tokens)
    return Answer(text, finish, *tokens)


def _told(usage: Any) -> int:
    """Tokens that are paid for as output: of the answer and of the thoughts before it."""
    return 0 if usage is None else int(usage.candidates_token_count or 0) + int(usage.thoughts_token_count or 0)
