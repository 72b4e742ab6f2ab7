"""Boards from runs that were logged to W&B: the same rows and tables, byte for byte."""

import inspect
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from wandb_loopback import WandbLoopback

from bench.canonical import canonical
from bench.errors import ClientError, ConfigError, DataError
from bench.leaderboards import sources, wandb_online
from bench.leaderboards.commands import leaderboard, submit
from bench.leaderboards.wandb_offline import carried as offline
from bench.reports.rows import read_rows

from .conftest import NARROW, TASK_OVERRIDES


@dataclass
class Entry:
    """An entry of an artifact as W&B's public API offers it."""

    name: str
    content: bytes

    def download(self, root, skip_cache):
        path = Path(root) / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.content)
        return str(path)


@dataclass
class Artifact:
    type: str
    files: dict[str, bytes]

    @property
    def manifest(self):
        return type("Manifest", (), {"entries": {name: Entry(name, content) for name, content in self.files.items()}})

    def get_entry(self, name):
        return self.manifest.entries[name]


@dataclass
class Run:
    id: str
    artifacts: list[Artifact]

    def logged_artifacts(self):
        return self.artifacts


@dataclass
class Api:
    """The part of `wandb.Api` that is used."""

    logged: list[Run]
    asked: list[str] = field(default_factory=list)

    def runs(self, path, order):
        self.asked.append(path)
        return self.logged


@pytest.fixture(scope="session")
def logged(small_run) -> Path:
    """The folder of an offline W&B run of the small task, by the command."""
    command = [sys.executable, "-m", "bench", "+experiment=dsprites_exact", *NARROW, "tracker=offline", "hydra.run.dir=logged"]
    done = subprocess.run(command, cwd=small_run, capture_output=True, text=True, env=os.environ | {"WANDB_MODE": "offline"})
    assert done.returncode == 0, done.stderr
    return small_run / "logged"


@pytest.fixture
def narrow(here, monkeypatch):
    """The task narrowed to the cells of the small run."""
    monkeypatch.setattr(sources, "overrides", lambda task, explainers: [*TASK_OVERRIDES(task, explainers), *NARROW])


@pytest.fixture
def name(packed) -> str:
    return f"{json.loads(packed.partition(chr(10))[0])['submission']}.jsonl"


@pytest.fixture
def from_wandb(monkeypatch, narrow):
    """Makes `--from wandb:` read these runs."""

    def given(*runs):
        api = Api([Run(f"run{i}", list(artifacts)) for i, artifacts in enumerate(runs)])
        monkeypatch.setattr(sources, "online", lambda project: wandb_online.carried(project, api))
        return api

    return given


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def local(here, folder: Path) -> dict[str, bytes]:
    """What `submit` without a name and `leaderboard` make of the run on this machine."""
    submit([str(here / "run"), "--to", str(folder)])
    leaderboard(["--from", str(folder)])
    return files(folder)


def test_offline_runs_give_the_same_rows_and_tables(narrow, here, logged, tmp_path):
    assert leaderboard(["--from", f"wandb-offline:{logged}", "--to", str(tmp_path / "wandb")]) == 0
    assert files(tmp_path / "wandb") == local(here, tmp_path / "local")


def test_an_offline_run_that_was_copied_elsewhere_still_carries_its_submission(logged, tmp_path):
    import shutil

    copied = shutil.copytree(logged, tmp_path / "copied", ignore=shutil.ignore_patterns("latest-run"))
    assert [(name, content) for _, name, content in offline(copied)] == [(name, content) for _, name, content in offline(logged)]


def test_an_offline_run_carries_rows_and_report_as_they_lie_in_its_folder(logged):
    from bench.leaderboards.wandb_offline import _records

    [log] = logged.rglob("*.wandb")
    found = {
        e.path: Path(e.local_path) for r in _records(log) if r.artifact.type == "results" for e in r.artifact.manifest.contents
    }
    for name in ("rows.jsonl", "explanations.jsonl", "report.html", "table.md"):
        assert found[name].read_bytes() == (logged / name).read_bytes()
    assert read_rows(found["rows.jsonl"])


def test_an_offline_run_shows_the_board_of_its_task(logged):
    [table] = logged.glob("wandb/offline-run-*/files/media/table/leaderboard/*.table.json")
    shown = json.loads(table.read_text())
    assert shown["columns"][2] == "explainer"
    assert {line[2] for line in shown["data"]} == {"pixel_change", "oracle", "constant", "shuffled"}


def test_logged_runs_give_the_same_rows_and_tables(from_wandb, here, tmp_path):
    expected = local(here, tmp_path / "local")
    [(name, content)] = [(Path(path).name, content) for path, content in expected.items() if path.startswith("rows")]
    api = from_wandb([Artifact("results", {"rows.jsonl": b""}), Artifact("submission", {name: content})], [])
    assert leaderboard(["--from", "wandb:me/mine", "--to", str(tmp_path / "wandb")]) == 0
    assert files(tmp_path / "wandb") == expected
    assert api.asked == ["me/mine"]


def test_a_check_against_logged_runs_writes_nothing(from_wandb, here, tmp_path):
    expected = local(here, tmp_path)
    [(name, content)] = [(Path(path).name, content) for path, content in expected.items() if path.startswith("rows")]
    from_wandb([Artifact("submission", {name: content})])
    assert leaderboard(["--from", "wandb:me/mine", "--to", str(tmp_path), "--check"]) == 0
    (tmp_path / "tables" / "dsprites_exact.md").write_text("touched up")
    assert leaderboard(["--from", "wandb:me/mine", "--to", str(tmp_path), "--check"]) == 1
    assert (tmp_path / "tables" / "dsprites_exact.md").read_text() == "touched up"


def without_a_cell(lines):
    del lines[-1]
    lines[0]["counts"] = lines[0]["counts"] | counted(lines[1:])


def counted(cells):
    said = [explanation for cell in cells for explanation in cell["explanations"]]
    answered = sum("text" in explanation for explanation in said)
    rows = sum(len(score["values"]) for cell in cells for score in cell["scores"].values())
    return {"cells": len(cells), "answered": answered, "abstained": len(said) - answered, "rows": rows}


def of_another_version(lines):
    lines[0]["task_version"] = "0" * 32


def of_another_task(lines):
    lines[0]["task"] = "nothing"


def miscounted(lines):
    lines[0]["counts"]["rows"] += 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (without_a_cell, "it lacks 1 cells of its task"),
        (of_another_version, "another version of task"),
        (of_another_task, "no task nothing"),
        (miscounted, "counts.rows"),
    ],
)
def test_what_cannot_stand_on_a_board_is_left_out_and_named(from_wandb, lines, tmp_path, change, reason):
    lines[0]["submission"] = "mine"
    change(lines)
    content = "".join(canonical(line) + "\n" for line in lines).encode()
    from_wandb([Artifact("submission", {"mine.jsonl": content})])
    [note] = sources.fetch("wandb:me/mine", tmp_path / "rows")
    assert reason in note
    assert files(tmp_path / "rows") == {}


@pytest.mark.parametrize("hostile", ["../mine.jsonl", "/tmp/mine.jsonl", "Mine.jsonl", "mine.pkl", "a/mine.jsonl", ".jsonl"])
def test_a_file_name_of_wandb_cannot_leave_the_folder(from_wandb, monkeypatch, tmp_path, hostile):
    monkeypatch.setattr(sources, "online", lambda project: iter([("run 0", hostile, b"{}")]))
    [note] = sources.fetch("wandb:me/mine", tmp_path / "rows")
    assert "left out a file called" in note
    assert files(tmp_path) == {}


def test_an_entry_that_is_written_outside_of_its_folder_is_refused(from_wandb, tmp_path):
    from_wandb([Artifact("submission", {"../../mine.jsonl": b"{}"})])
    with pytest.raises(ClientError, match="leaves its folder"):
        sources.fetch("wandb:me/mine", tmp_path / "rows")


def test_two_submissions_of_one_name_are_an_error(from_wandb, tmp_path):
    from_wandb([Artifact("submission", {"mine.jsonl": b"a"})], [Artifact("submission", {"mine.jsonl": b"b"})])
    with pytest.raises(DataError, match="another submission is called mine"):
        sources.fetch("wandb:me/mine", tmp_path / "rows")


@pytest.mark.parametrize("source", ["wandb:", "wandb:me", "wandb:me/", "wandb:a/b/c", "wandb-online:x"])
def test_a_project_is_named_by_entity_and_name(source, tmp_path):
    with pytest.raises(ConfigError, match="expected wandb:<entity>/<project>"):
        sources.fetch(source, tmp_path)


def test_a_folder_without_offline_runs_is_an_error(tmp_path):
    with pytest.raises(DataError, match="found no wandb/offline-run"):
        sources.fetch(f"wandb-offline:{tmp_path}", tmp_path)


CLIENT = """
import sys
from pathlib import Path
from bench.errors import ClientError
from bench.leaderboards.wandb_online import carried
try:
    for origin, name, content in carried(sys.argv[1]):
        print(origin, name)
        Path(name).write_bytes(content)
except ClientError as error:
    print("CLIENT", error)
"""


def read_by_wandb(folder: Path, server: WandbLoopback, project: str) -> str:
    """What W&B's own client makes of a server, in a process and a home of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("WANDB") and k != "NETRC"}
    own = {"HOME": str(folder), "PYTHONPATH": str(Path(__file__).parents[2]), "WANDB_API_KEY": "0" * 40}
    own |= {"WANDB_BASE_URL": server.base_url, "WANDB_ERROR_REPORTING": "false"}
    command = [sys.executable, "-c", CLIENT, project]
    done = subprocess.run(command, cwd=folder, env=kept | own, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_client_of_wandb_brings_every_submission_back_byte_for_byte(packed, tmp_path):
    runs = {"run1": [("results", {"rows.jsonl": b"x"}), ("submission", {"mine.jsonl": packed.encode()})], "run2": []}
    runs["run3"] = [("submission", {"other.jsonl": b"another"})]
    with WandbLoopback(runs) as server:
        assert read_by_wandb(tmp_path, server, "me/mine") == "run run1 mine.jsonl\nrun run3 other.jsonl\n"
    assert (tmp_path / "mine.jsonl").read_bytes() == packed.encode()
    assert (tmp_path / "other.jsonl").read_bytes() == b"another"
    assert "FetchArtifactManifest" in server.asked
    assert not any("rows.jsonl" in asked for asked in server.asked)


def test_a_project_that_is_not_there_is_one_clear_error(tmp_path):
    with WandbLoopback({}) as server:
        assert read_by_wandb(tmp_path, server, "me/other").startswith(
            "CLIENT cannot read the runs of me/other from W&B: Could not find"
        )


def test_without_a_key_there_is_one_clear_error(tmp_path):
    code = "from bench.leaderboards.commands import leaderboard; leaderboard(['--from', 'wandb:me/mine'])"
    kept = {k: v for k, v in os.environ.items() if not k.startswith("WANDB") and k != "NETRC"}
    environment = kept | {"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert "ClientError: cannot read the runs of me/mine from W&B" in done.stderr
    assert "WANDB_API_KEY" in done.stderr
    assert "--from wandb-offline:<folder>" in done.stderr


def test_the_part_of_wandb_that_is_used_is_still_there():
    import wandb
    from wandb.sdk.artifacts.artifact_manifest_entry import ArtifactManifestEntry

    inspect.signature(wandb.Api.runs).bind(None, "me/mine", order="+created_at")
    inspect.signature(ArtifactManifestEntry.download).bind(None, "folder", skip_cache=True)
    inspect.signature(wandb.apis.public.Run.logged_artifacts).bind(None)
    assert all(hasattr(wandb.Artifact, name) for name in ("type", "manifest", "get_entry"))
