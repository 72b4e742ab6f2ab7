"""Reading a reply of the chat-completions protocol, and telling its failures apart."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NoReturn

from bench.clients.messages import Answer, Unusable
from bench.clients.retries import Again, asked_wait
from bench.errors import ClientError

AGAIN = frozenset({408, 409, 425, 429})
BUSY = frozenset({429, 503, 529})
NO_MONEY = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
FILTERS = frozenset({"content_filter", "content_policy_violation"})
SHOWN = 300  # characters of a server's own words that enter a message


def answer(body: str) -> Answer:
    """The answer in a reply with status 200. Raises `Unusable` when there is none, `Again` when the reply cannot be read."""
    try:
        reply = json.loads(body)
        choice = reply["choices"][0]
        spoken = choice["message"]
        text, refusal, finish = spoken.get("content") or "", spoken.get("refusal"), str(choice.get("finish_reason"))
        usage = reply.get("usage") or {}
        tokens = (int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0))
        text = text.strip()
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise Again(ClientError("unparsable", f"expected a chat completion, got {body[:SHOWN]!r}")) from None
    if refusal:
        raise Unusable("refused", f"the model refused: {str(refusal)[:SHOWN]}", *tokens)
    if finish == "content_filter":
        raise Unusable("filtered", "the provider's content filter withheld the answer", *tokens)
    if finish == "length":
        raise Unusable("truncated", f"the answer was cut after {tokens[1]} tokens; raise max_tokens", *tokens)
    if not text:
        raise Unusable("empty", f"the answer holds no text (it ended with {finish!r})", *tokens)
    return Answer(text, finish, *tokens)


def refuse(status: int, headers: Mapping[str, str], body: str) -> NoReturn:
    """Raise what a reply with an error status means: `Again` when it may pass, else a typed failure."""
    code, said = _error(body)
    said = f"status {status}: {said[:SHOWN]}"
    if status == 402 or code in NO_MONEY:
        raise ClientError("out_of_quota", said)
    if code in FILTERS:
        raise Unusable("filtered", said, 0, 0)
    if status in AGAIN or status >= 500:
        kind = "out_of_quota" if status == 429 else "timed_out" if status == 408 else "unreachable"
        raise Again(ClientError(kind, said), asked_wait(headers, datetime.now(UTC)), status in BUSY)
    raise ClientError("rejected", said)


def _error(body: str) -> tuple[str | None, str]:
    try:
        error = json.loads(body)["error"]
        return str(error.get("code")), str(error.get("message"))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None, body
