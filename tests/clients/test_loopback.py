import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.clients.chat_api import ChatApi
from bench.clients.messages import Message
from tests import loopback
from tests.loopback import Loopback


def test_runs_from_a_shell_and_logs_every_request(api: Callable[..., ChatApi], tmp_path: Path, quick: None) -> None:
    log = tmp_path / "requests.jsonl"
    command = [sys.executable, loopback.__file__, "--log", str(log), "--fault", "500=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        client = api(base_url=process.stdout.readline().strip(), attempts=2)
        (ended,) = asyncio.run(all_of(client))
        process.terminate()
    assert ended.kind == "unreachable"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["outcome"] for line in lines] == ["500", "500"]
    assert lines[0]["sha256"] == lines[1]["sha256"]


async def all_of(client: ChatApi) -> list:
    return await asyncio.gather(client(Message("question"), 0), return_exceptions=True)


def test_faults_are_drawn_by_share_and_repeat_themselves() -> None:
    faults = {"500": 0.2, "never": 0.1}
    drawn = [Loopback(faults=faults).outcome(f"{i}", 0) for i in range(3000)]
    assert drawn == [Loopback(faults=faults).outcome(f"{i}", 0) for i in range(3000)]
    assert abs(drawn.count("500") / 3000 - 0.2) < 0.03
    assert abs(drawn.count("never") / 3000 - 0.1) < 0.03
    assert drawn != [Loopback(faults=faults).outcome(f"{i}", 1) for i in range(3000)]
