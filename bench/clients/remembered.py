"""Answers are data: a request is sent once, its outcome is written down the moment it arrives, and replayed ever after."""

import asyncio
import os
import weakref
from asyncio import AbstractEventLoop, Task
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar
from weakref import WeakKeyDictionary

from pydantic import Field

from bench.clients.answer_book import FILE, AnswerBook, request_key
from bench.clients.budget import Budget
from bench.clients.messages import Answer, Client, Message, Unusable
from bench.clients.usage import Usage
from bench.component import component
from bench.errors import ClientError, ConfigError


@component
class Remembered:
    """A client in front of another one, with a file of answers in `folder`.

    The key of a request is all that changes its answer: text, decoded pixels, provider, model, settings, replicate index. Failures
    of the model (refused, filtered, empty, truncated) are remembered and raised again; failures of the transport are not.

    `dollars` is what one run may spend (`None`: anything). When it is reached every further request fails as `out_of_quota` without
    being sent; a later run goes on where this one stopped. It changes no answer.
    """

    version: ClassVar[int] = 1

    client: Client
    folder: str
    dollars: Annotated[float, Field(ge=0)] | None

    def __post_init__(self) -> None:
        if self.dollars is not None and self.cost(0, 0) is None:
            raise ConfigError(
                f"dollars: expected prices with a limit of ${self.dollars:g}; set price_in and price_out of the client"
            )

    @property
    def identity(self) -> Mapping[str, object]:
        """That of the client behind: remembering changes no answer."""
        return self.client.identity

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """Price in dollars, `None` when unknown."""
        return self.client.cost(prompt_tokens, completion_tokens)

    def request(self, message: Message, replicate: int) -> Mapping[str, object]:
        """The request as it is kept: images by the hash of their pixels."""
        return {"client": self.identity, "text": message.text, "images": message.fingerprints, "replicate": replicate}

    def knows(self, message: Message, replicate: int) -> bool:
        """Whether asking this would send nothing."""
        return self._kept(message, replicate) is not None

    def recalled(self, message: Message, replicate: int) -> Answer | None:
        """The answer that asking this would give without sending anything, `None` when there is none."""
        kept = self._kept(message, replicate)
        return None if kept is None or "failure" in kept else _replay(kept)

    def _kept(self, message: Message, replicate: int) -> Mapping[str, object] | None:
        if not (Path(self.folder) / FILE).is_file():
            return None
        return self._book.get(request_key(self.request(message, replicate)))

    def usage(self) -> Usage:
        """What happened so far, as a snapshot."""
        counts = self._counts
        tokens = (counts["prompt_tokens"], counts["completion_tokens"])
        failures = {kind.removeprefix("failure/"): n for kind, n in sorted(counts.items()) if kind.startswith("failure/")}
        return Usage(counts["hits"], counts["merged"], counts["misses"], failures, *tokens, self.cost(*tokens))

    async def __call__(self, message: Message, replicate: int) -> Answer:
        request = self.request(message, replicate)
        key = request_key(request)
        under_way = self._under_way.setdefault(asyncio.get_running_loop(), {})
        if key in under_way:
            self._counts["merged"] += 1
        elif (outcome := self._book.get(key)) is not None:
            self._counts["hits"] += 1
            return _replay(outcome)
        else:
            under_way[key] = asyncio.ensure_future(self._ask(key, request, message, replicate))
            under_way[key].add_done_callback(lambda task: _forget(under_way, key, task))
        # Shielded: when one of those who wait gives up, the others still get their answer, and what was paid for is kept.
        return await asyncio.shield(under_way[key])

    async def _ask(self, key: str, request: Mapping[str, object], message: Message, replicate: int) -> Answer:
        async with AsyncExitStack() as stack:
            if self._budget is not None:
                await stack.enter_async_context(self._budget.reserved())
            return await self._send(key, request, message, replicate)

    async def _send(self, key: str, request: Mapping[str, object], message: Message, replicate: int) -> Answer:
        self._counts["misses"] += 1
        try:
            answer = await self.client(message, replicate)
        except Unusable as unusable:
            self._count(unusable)
            self._counts[f"failure/{unusable.kind}"] += 1
            spent = {"prompt_tokens": unusable.prompt_tokens, "completion_tokens": unusable.completion_tokens}
            self._book.put(key, request, {"failure": unusable.kind, "message": str(unusable), **spent})
            raise
        except ClientError as error:
            self._counts[f"failure/{error.kind}"] += 1
            raise
        self._book.put(key, request, asdict(answer))
        self._count(answer)
        return answer

    def _count(self, spent: Answer | Unusable) -> None:
        self._counts["prompt_tokens"] += spent.prompt_tokens
        self._counts["completion_tokens"] += spent.completion_tokens
        if self._budget is not None:
            self._budget.spend(self.cost(spent.prompt_tokens, spent.completion_tokens) or 0.0)

    @property
    def _book(self) -> AnswerBook:
        """The file, opened once a process and closed with this object."""
        books = self._books
        if not books or books[-1].process != os.getpid():
            books.append(AnswerBook(Path(self.folder) / FILE))
            weakref.finalize(self, books[-1].close)
        return books[-1]

    # Working state, no fields: a cached property writes past the frozen dataclass.
    @cached_property
    def _books(self) -> list[AnswerBook]:
        return []

    @cached_property
    def _budget(self) -> Budget | None:
        return None if self.dollars is None else Budget(self.dollars)

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter()

    @cached_property
    def _under_way(self) -> WeakKeyDictionary[AbstractEventLoop, dict[str, Task[Answer]]]:
        return WeakKeyDictionary()


def _replay(outcome: Mapping[str, object]) -> Answer:
    said = dict(outcome)
    if "failure" in said:
        said["kind"] = said.pop("failure")
        raise Unusable(**said)  # type: ignore[arg-type]
    return Answer(**said)  # type: ignore[arg-type]


def _forget(under_way: dict[str, Task[Answer]], key: str, task: Task[Answer]) -> None:
    del under_way[key]
    if not task.cancelled():
        task.exception()  # looked at, so that asyncio does not report it as lost when nobody waits any more
