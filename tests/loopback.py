"""A real HTTP server on loopback that speaks the chat-completions protocol, with faults on demand.

In a test: `with Loopback() as server: ... server.base_url`. From a shell, for tests that kill the process that asks:
`python tests/loopback.py --port 8901 --log requests.jsonl --delay 0.05 --fault 500=0.1 --fault 429:0.2=0.1`.

Answers are a function of the request alone. A fault is drawn from the request and from how often it came, so that a run can be
repeated whatever the order in which requests arrive. Outcomes: `ok`, `refusal`, `content_filter`, `length`, `empty`, `malformed`,
`never` (keeps the connection, says nothing), `drop` (closes it), or a status with an optional Retry-After: `500`, `429:2`.

Beside faults it can have limits, as providers do: `at_once` requests under way, and `a_second` in the long run with as many in a
burst. What is beyond them is turned away at once with a 429, with `asks` (seconds) as its Retry-After if given.
"""

import argparse
import asyncio
import hashlib
import json
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Received:
    """One request: its fields, the headers in lower case, what was done with it, when (seconds, monotonic), its path and bytes."""

    body: dict
    sha256: str
    headers: Mapping[str, str]
    outcome: str
    at: float
    target: str
    content: bytes


def plain_answer(body: dict) -> str:
    """An answer that tells requests apart."""
    return f"the answer to {hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:12]}"


class Loopback:
    """The server. `script` holds outcomes for the next requests, in order; after that `faults` (outcome → share) are drawn."""

    def __init__(
        self,
        answer: Callable[[dict], str] = plain_answer,
        faults: Mapping[str, float] | None = None,
        delay: float = 0.0,
        log: Path | None = None,
        seed: int = 0,
        at_once: int | None = None,
        a_second: float | None = None,
        asks: float | None = None,
    ) -> None:
        self.answer, self.faults, self.delay, self.log, self.seed = answer, dict(faults or {}), delay, log, seed
        self.at_once, self.a_second, self.asks = at_once, a_second, asks
        self.script: deque[str] = deque()
        self.error_text = "a fault on demand"
        self.error_code: str | None = None
        self.received: list[Received] = []
        self.most_at_once = 0
        self.port = 0
        self._now = 0
        self._times: Counter[str] = Counter()
        self._room, self._filled = a_second or 0.0, time.monotonic()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def outcome(self, sha256: str, nth: int) -> str:
        """What happens to a request when it comes for the `nth` time (from 0), as drawn from `faults`."""
        drawn = int(hashlib.sha256(f"{self.seed} {nth} {sha256}".encode()).hexdigest()[:12], 16) / 16**12
        for fault, share in self.faults.items():
            if drawn < share:
                return fault
            drawn -= share
        return "ok"

    async def serve(self, port: int, ready: Callable[[], None]) -> None:
        """Serve until cancelled."""
        server = await asyncio.start_server(self._connection, "127.0.0.1", port, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        ready()
        try:
            await asyncio.Event().wait()
        finally:
            server.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while await self._request(reader, writer):
                pass
        writer.close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        limited = self._limited()
        received = self._receive(head[0].split(" ")[1], headers, content, limited)
        if limited:
            writer.write(self._reply(received))
            await writer.drain()
            return True
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            if self.delay:
                await asyncio.sleep(self.delay)
            if received.outcome == "never":
                await reader.read(1)  # returns when the other side gives up
        finally:
            self._now -= 1
        if received.outcome in ("never", "drop"):
            return False
        writer.write(self._reply(received))
        await writer.drain()
        return True

    def _limited(self) -> str | None:
        """What is said to a request beyond a limit."""
        full = self.at_once is not None and self._now >= self.at_once
        if self.a_second is not None and not full:
            now = time.monotonic()
            self._room = min(self.a_second, self._room + (now - self._filled) * self.a_second)
            self._filled, full = now, self._room < 1
            self._room -= 0 if full else 1
        return None if not full else "429" if self.asks is None else f"429:{self.asks}"

    def _receive(self, target: str, headers: Mapping[str, str], content: bytes, limited: str | None) -> Received:
        sha256 = hashlib.sha256(content).hexdigest()
        outcome = limited or (self.script.popleft() if self.script else self.outcome(sha256, self._times[sha256]))
        self._times[sha256] += 1
        received = Received(json.loads(content or b"{}"), sha256, headers, outcome, time.monotonic(), target, content)
        self.received.append(received)
        if self.log:
            with self.log.open("a") as file:
                file.write(json.dumps({"sha256": sha256, "outcome": outcome, "at": received.at}) + "\n")
        return received

    def _reply(self, received: Received) -> bytes:
        outcome = received.outcome
        if outcome[0].isdigit():
            status, _, wait = outcome.partition(":")
            error = {"message": self.error_text, "code": self.error_code, "type": None, "param": None}
            return _http(int(status), json.dumps({"error": error}), {"Retry-After": wait} if wait else {})
        if outcome == "malformed":
            return _http(200, '{"choices": [{"message": ' + self.error_text, {})
        text = "" if outcome == "empty" else self.answer(received.body)
        refusal = "I cannot help with that." if outcome == "refusal" else None
        message = {"role": "assistant", "content": None if refusal else text, "refusal": refusal}
        finish = outcome if outcome in ("content_filter", "length") else "stop"
        usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
        choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
        known = {"id": "chatcmpl-" + received.sha256[:8], "object": "chat.completion", "created": 0, "model": "loopback"}
        return _http(200, json.dumps(known | {"choices": [choice], "usage": usage}), {})

    def __enter__(self) -> "Loopback":
        ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(self.serve(0, ready.set))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert ready.wait(10), "the loopback server did not start"
        return self

    def _run(self) -> None:
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._task)
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)


def _http(status: int, body: str, headers: Mapping[str, str]) -> bytes:
    content = body.encode()
    fields = {"Content-Type": "application/json", "Content-Length": str(len(content)), "Connection": "keep-alive", **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Status\r\n{head}\r\n".encode() + content


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="0: any free port; it is printed")
    parser.add_argument("--log", type=Path, help="append one JSON line a request")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each reply")
    parser.add_argument("--fault", action="append", default=[], metavar="OUTCOME=SHARE")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    faults = {outcome: float(share) for outcome, _, share in (fault.rpartition("=") for fault in chosen.fault)}
    server = Loopback(faults=faults, delay=chosen.delay, log=chosen.log, seed=chosen.seed)
    with suppress(KeyboardInterrupt):
        asyncio.run(server.serve(chosen.port, lambda: print(server.base_url, flush=True)))  # noqa: T201


if __name__ == "__main__":
    main()
