"""Loopback servers that speak the protocols of further providers."""

import json
from collections.abc import Mapping

from tests.loopback import Loopback, Received


class AnthropicLoopback(Loopback):
    """Messages. Its address has no version, which the SDK adds."""

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _reply(self, received: Received) -> bytes:
        outcome = received.outcome
        if outcome[0].isdigit() or outcome == "malformed":
            return super()._reply(received)
        stops = {"refusal": "refusal", "length": "max_tokens"}
        content = [] if outcome == "empty" else [{"type": "text", "text": self.answer(received.body)}]
        reply = {"id": "msg_1", "type": "message", "role": "assistant", "model": "loopback", "content": content}
        usage = {"input_tokens": 100, "output_tokens": 10}
        return _http(reply | {"stop_reason": stops.get(outcome, "end_turn"), "stop_sequence": None, "usage": usage})


class GoogleLoopback(Loopback):
    """generateContent. Its address has no version, which the SDK adds."""

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _reply(self, received: Received) -> bytes:
        outcome = received.outcome
        usage = {"promptTokenCount": 100, "candidatesTokenCount": 7, "thoughtsTokenCount": 3, "totalTokenCount": 110}
        if outcome[0].isdigit() or outcome == "malformed":
            return super()._reply(received)
        if outcome == "refusal":
            return _http({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": usage})
        stops = {"content_filter": "SAFETY", "length": "MAX_TOKENS"}
        parts = [] if outcome == "empty" else [{"text": "hm", "thought": True}, {"text": self.answer(received.body)}]
        content = {"parts": parts, "role": "model"}
        candidate = {"content": content, "finishReason": stops.get(outcome, "STOP"), "index": 0}
        return _http({"candidates": [candidate], "usageMetadata": usage, "modelVersion": "loopback"})


def _http(reply: Mapping[str, object]) -> bytes:
    content = json.dumps(reply).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(content), content)
