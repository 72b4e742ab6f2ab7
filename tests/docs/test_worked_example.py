"""The new metric of docs/adding.md: written to disk as the page has it, and run."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE = re.compile(r"^`(?P<path>[\w/]+\.\w+)`:\n\n```\w+\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def example(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    for found in FILE.finditer((ROOT / "docs" / "adding.md").read_text(encoding="utf-8")):
        (folder / found["path"]).parent.mkdir(parents=True, exist_ok=True)
        (folder / found["path"]).write_text(found["text"], encoding="utf-8")
    return folder


def shown(start: str) -> list[str]:
    """The arguments of the command of the page that starts so."""
    return re.search(rf"^\$ {start} (.*)$", (ROOT / "docs" / "adding.md").read_text(encoding="utf-8"), re.MULTILINE)[1].split()


def started(folder: Path, *command: str, allowed: str = "mylab") -> subprocess.CompletedProcess:
    environment = os.environ | {"LATENTBENCH_ALLOW": allowed, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
    return subprocess.run([sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, env=environment)


def test_it_is_one_file_one_yaml_and_one_test(example):
    assert sorted(str(path.relative_to(example)) for path in example.rglob("*") if path.is_file()) == [
        "conf/metric/brevity.yaml",
        "mylab/brevity.py",
        "test_brevity.py",
    ]


def test_its_test_passes(example):
    done = started(example, *shown("python -m"), "-p", "no:cacheprovider")
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_its_values_are_in_the_rows_of_a_run(example):
    done = started(example, "bench", *shown("latentbench"))
    assert done.returncode == 0, done.stdout + done.stderr
    [path] = example.glob("outputs/*/*/rows.jsonl")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    values = [row["value"] for row in rows if row["metric"] == "brevity"]
    assert len(values) == 10
    assert {value for value in values if value is not None} <= {6 / n for n in range(7, 30)} | {1.0}


def test_a_package_that_is_not_allowed_is_not_built(example):
    done = started(example, "bench", *shown("latentbench"), allowed="")
    assert done.returncode == 2
    assert "LATENTBENCH_ALLOW" in done.stderr
