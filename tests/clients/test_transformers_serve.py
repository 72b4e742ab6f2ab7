"""`transformers serve` as the server behind `chat_api`, with the tiny model: answers to messages, and a whole run."""

import asyncio
import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.clients.chat_api import ChatApi
from bench.clients.local import Local
from bench.clients.messages import Message
from tests.clients.conftest import SETTINGS, picture
from tests.clients.tiny_model import save_tiny_model

NEEDED = ("fastapi", "uvicorn", "python_multipart", "accelerate", "torchvision")
ABSENT = [module for module in NEEDED if importlib.util.find_spec(module) is None]
pytestmark = pytest.mark.skipif(
    bool(ABSENT), reason=f"{', '.join(ABSENT)} absent: pip install 'transformers[serving]' accelerate to test its server"
)
QUESTIONS = [Message("What changes?", picture(seed, channels=3).images) for seed in range(3)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The tiny model, with ends that its answers reach: a token that it says anyway, and one of five others."""
    made = tmp_path_factory.mktemp("tiny")
    save_tiny_model(made)
    said: list[list[int]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Local, "_read", lambda self, tokens, n: said.append(list(tokens)) or ValueError())
        asyncio.run(_every(local(str(made))))
    path = made / "generation_config.json"
    usual = json.loads(path.read_text())
    path.write_text(json.dumps(usual | {"eos_token_id": _ends(said)}))
    return str(made)


def _ends(said: list[list[int]]) -> list[int]:
    early = {token for tokens in said for token in tokens[:3]}
    late = set.intersection(*map(set, said)) - early
    return sorted({*list(late)[:1], *(token for token in range(5, 250, 5) if token not in early)})


@pytest.fixture(scope="module")
def address(folder: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")
    (home / "hub").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", folder, "--port", str(port)]
    where = ("--host", "127.0.0.1", "--device", "cpu")
    more = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(home)}
    settings = {"stderr": subprocess.STDOUT, "env": os.environ | more}
    with (home / "log").open("w") as log, subprocess.Popen([*command, *where], stdout=log, **settings) as process:
        _wait(process, f"http://127.0.0.1:{port}/health", home / "log")
        yield f"http://127.0.0.1:{port}/v1"
        process.terminate()


def _wait(process: subprocess.Popen, url: str, log: Path) -> None:
    for _ in range(480):
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=1).close()
        except OSError:
            time.sleep(0.25)
        else:
            return
    pytest.fail(f"the server did not start: {log.read_text()}")


def local(folder: str) -> Local:
    return Local(model=folder, revision=None, max_tokens=48, temperature=None, device="cpu", batch_size=1)


def served(folder: str, address: str) -> ChatApi:
    return ChatApi(**{**SETTINGS, "model": folder, "base_url": address, "max_tokens": 48, "temperature": 0.0, "timeout": 60.0})


async def _every(client: Local | ChatApi) -> list:
    return await asyncio.gather(*(client(message, 0) for message in QUESTIONS), return_exceptions=True)


def test_the_same_model_reads_the_same_question_as_in_this_process_and_begins_to_say_the_same(folder: str, address: str) -> None:
    here, there = (asyncio.run(_every(client)) for client in (local(folder), served(folder, address)))
    assert [answer.prompt_tokens for answer in there] == [answer.prompt_tokens for answer in here]
    # Two programs decode and scale pictures a little differently, so that later tokens may part ways.
    assert [answer.text[:2] for answer in there] == [answer.text[:2] for answer in here]
    assert len({answer.text for answer in there}) > 1


def test_without_temperature_the_answer_is_the_same_every_time(folder: str, address: str) -> None:
    first, second = (asyncio.run(_every(served(folder, address))) for _ in range(2))
    assert first == second
    assert all(answer.finish == "stop" and answer.completion_tokens for answer in first)


def test_a_whole_run_goes_through_it(folder: str, address: str, tmp_path: Path) -> None:
    client = ("client=vllm", f"client.client.base_url={address}", f"client.client.model={folder}", "client.client.max_tokens=48")
    cell = ("model=exact_identity", "explainer=latent_explainer", "explainer.answers=1", "explainer.layout.frame=16")
    command = [sys.executable, "-m", "bench", *cell, *client, "metric=[set_f1]", "tracker=none"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    [path] = tmp_path.glob("outputs/*/*/run.json")
    units = json.loads(path.read_text())["units"]
    assert units["answered"] + units["abstained"] + units["failed"] == 10, done.stderr
    assert units["answered"] > 0
    assert set(units["kinds"]) <= {"truncated", "empty"}, done.stderr
