"""Any server that speaks the chat-completions protocol: OpenAI, OpenRouter, Anthropic, Gemini, vLLM, Ollama, LM Studio."""

from collections.abc import Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from bench.clients.calls import Calls, on_loopback
from bench.clients.keys import hidden, key
from bench.clients.messages import Answer, Message
from bench.clients.png import DataUrls
from bench.clients.prices import dollars
from bench.clients.replies import answer, refuse
from bench.clients.retries import Again
from bench.clients.window import Account
from bench.component import component
from bench.errors import ClientError

if TYPE_CHECKING:
    from openai import AsyncOpenAI

CONNECT = 10.0  # seconds to reach a server, however long its answers may take


@component
class ChatApi:
    """One model behind one server, whose `base_url` holds no credentials.

    `key_variable` names the environment variable that holds the key (`None`: no key). `temperature` is sent unless `None`; `seeded`
    sends the replicate index as `seed`, which makes local servers repeat themselves. `extra` are further fields of the request.
    Prices are dollars per million tokens on `price_date`. `concurrency`, `timeout` (seconds a try) and `attempts` change no answer.
    """

    version: ClassVar[int] = 1

    model: str
    base_url: Annotated[str, Field(pattern=r"^https?://[^@?#]+$")]
    key_variable: str | None
    max_tokens: Annotated[int, Field(gt=0)]
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"]
    temperature: float | None
    seeded: bool
    detail: Literal["auto", "low", "high"] | None
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
        return {
            "protocol": "chat completions",
            "server": self.base_url.rstrip("/"),
            "model": self.model,
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
            "seeded": self.seeded,
            "detail": self.detail,
            "extra": self.extra,
        }

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """Price in dollars, `None` when unknown."""
        return dollars(prompt_tokens, completion_tokens, self.price_in, self.price_out)

    async def __call__(self, message: Message, replicate: int) -> Answer:
        return await self._calls(partial(self._send, message, replicate))

    async def _send(self, message: Message, replicate: int, client: "AsyncOpenAI") -> Answer:
        status, headers, body = await self._post(self._body(message, replicate), client)
        return answer(body) if status == 200 else refuse(status, headers, body)

    async def _post(self, body: dict[str, object], client: "AsyncOpenAI") -> tuple[int, Mapping[str, str], str]:
        """Status, headers and text of the reply. The SDK's own errors hold the key in their requests, so none of them gets out."""
        import openai

        try:
            # Posted as it is: the typed method walks the whole body and builds objects of the reply, a fifth of its time.
            reply = await client.post("/chat/completions", cast_to=str, body=body)
            return 200, {}, hidden(reply, self.key_variable)
        except openai.APIStatusError as error:
            return error.status_code, error.response.headers, hidden(error.response.text, self.key_variable)
        except openai.APITimeoutError:
            failure = ClientError("timed_out", f"no reply from {self.base_url} within {self.timeout} s")
        except (openai.OpenAIError, UnicodeError) as error:
            failure = ClientError("unreachable", f"no reply from {self.base_url}: {type(error.__cause__ or error).__name__}")
        raise Again(failure)

    def _body(self, message: Message, replicate: int) -> dict[str, object]:
        settings = {
            self.max_tokens_field: self.max_tokens,
            "temperature": self.temperature,
            "seed": replicate if self.seeded else None,
        }
        content = [{"type": "text", "text": message.text}, *self._images(message)]
        return {
            "model": self.model,
            "messages": [{"role": "user", "content": content}],
            **{name: value for name, value in settings.items() if value is not None},
            **self.extra,
        }

    def _images(self, message: Message) -> list[dict[str, object]]:
        detail = {} if self.detail is None else {"detail": self.detail}
        urls = map(self._data_urls, message.images, message.fingerprints)
        return [{"type": "image_url", "image_url": {"url": url, **detail}} for url in urls]

    def _connect(self) -> "AsyncOpenAI":
        import openai

        return openai.AsyncOpenAI(
            api_key=key(self.key_variable),
            base_url=self.base_url,
            max_retries=0,
            timeout=openai.Timeout(self.timeout, connect=min(CONNECT, self.timeout)),
            # A proxy named in the environment cannot reach this machine's own loopback.
            http_client=openai.DefaultAsyncHttpxClient(trust_env=not on_loopback(self.base_url)),
        )

    # Working state, no fields: a cached property writes past the frozen dataclass.
    @cached_property
    def _calls(self) -> "Calls[AsyncOpenAI]":
        return Calls(self._connect, Account(self.base_url, self.key_variable, self.concurrency), self.timeout, self.attempts)

    @cached_property
    def _data_urls(self) -> DataUrls:
        return DataUrls()
