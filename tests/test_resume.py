"""A sweep against a real server on loopback, killed, doubled and made to fail."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from loopback import Loopback

KILLS = 20
SWEEP = (
    "model=exact_identity",
    "explainer=latent_explainer",
    "explainer.threshold=null",
    "metric=[set_f1,exact_set]",
    "tracker=none",
    "client=vllm",
    "++grid={bias:[none,disentanglement],seed:[0,1]}",
)
REQUESTS = 2 * 2 * 10 * 5  # biases × seeds × units × answers


def start(folder: Path, server: Loopback, *more: str) -> subprocess.Popen:
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "bench", *SWEEP, f"client.client.base_url={server.base_url}", *more]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish(process: subprocess.Popen) -> str:
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    return output


def rows(folder: Path) -> list[str]:
    newest = max(folder.glob("outputs/*/*/rows.jsonl"), key=lambda path: path.stat().st_mtime)
    return newest.read_text().splitlines()


def remembered(folder: Path) -> set[str]:
    """The texts of all answers that are on the disk."""
    book = folder / "answers" / "answers.sqlite"
    if not book.exists():
        return set()
    with closing(sqlite3.connect(book)) as connection:
        tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        return {str(value) for table in tables for row in connection.execute(f"select * from {table}") for value in row}


def known(request, answers: set[str], server: Loopback) -> bool:
    return any(server.answer(request.body) in text for text in answers)


def test_a_sweep_killed_at_twenty_random_moments_ends_as_if_undisturbed_and_pays_for_no_answer_twice(tmp_path):
    moments = random.Random(7)
    with Loopback() as server:
        finish(start(tmp_path / "calm", server))
        assert len(server.received) == REQUESTS
        server.received.clear()
        server.delay = 0.3  # slow enough that every kill comes before the end
        for _ in range(KILLS):
            answers, before = remembered(tmp_path / "killed"), len(server.received)
            process = start(tmp_path / "killed", server, "runtime.concurrency=2")
            time.sleep(moments.uniform(0.5, 3.0))
            assert process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.communicate()
            assert not [r for r in server.received[before:] if known(r, answers, server)]
        finish(start(tmp_path / "killed", server))
        repeats = len(server.received) - len({request.sha256 for request in server.received})
    assert rows(tmp_path / "killed") == rows(tmp_path / "calm")
    assert repeats <= 2 * KILLS  # at most what was under way when a kill came: two requests at a time


def test_two_processes_on_one_sweep_compute_each_stage_once(tmp_path):
    with Loopback(delay=0.02) as server:
        for process in [start(tmp_path / "shared", server), start(tmp_path / "shared", server)]:
            finish(process)
        facts = [json.loads(path.read_text()) for path in (tmp_path / "shared").glob("outputs/*/*/run.json")]
        assert len(facts) == 2
        stages = len(list((tmp_path / "shared" / "store").glob("*/*/recipe.json")))
        assert sum(sum(fact["stages"]["run"].values()) for fact in facts) == stages
        assert len(server.received) == REQUESTS


@pytest.mark.parametrize("seed", [0, 1])
def test_a_server_with_faults_leaves_every_unit_scored_abstained_or_failed(tmp_path, seed):
    faults = {"500": 0.1, "429:0": 0.1, "malformed": 0.05, "never": 0.05}
    with Loopback(faults=faults, seed=seed) as server:
        process = start(tmp_path / "run", server, "runtime.timeout=0.7", "runtime.attempts=2", "runtime.concurrency=64")
        output, _ = process.communicate(timeout=120)
    [path] = (tmp_path / "run").glob("outputs/*/*/run.json")
    units = json.loads(path.read_text())["units"]
    assert units["answered"] + units["abstained"] + units["failed"] == 40
    assert sum(units["kinds"].values()) == units["failed"]
    assert units["failed"] > 0
    assert process.returncode == 1
    assert f"{units['failed']} of 40 units failed" in " ".join(output.split())
    values = [json.loads(line) for line in rows(tmp_path / "run")]
    assert {row["value"] for row in values if row["outcome"] == "failed"} == {None}


def test_what_failed_in_transport_is_asked_again_by_the_next_run_and_nothing_else(tmp_path):
    with Loopback() as server:
        server.script.extend(["500"] * 3)
        failing = start(tmp_path / "run", server, "runtime.attempts=1")
        failing.communicate(timeout=120)
        assert failing.returncode == 1
        first = len(server.received)
        output = finish(start(tmp_path / "run", server))
    assert first == REQUESTS
    assert len(server.received) - first == 3
    assert "none of 40 units failed" in output
