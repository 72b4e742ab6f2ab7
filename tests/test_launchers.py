"""Cells run one by one, by Hydra's multirun and by its launchers: the same rows, whichever way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

AXES = {"bias": "none,disentanglement", "explainer": "pixel_change,oracle", "seed": "0,1"}
COMMON = ("model=exact_identity", "metric=[set_f1,abstention_f1]", "tracker=none")


def run(folder: Path, *arguments: str) -> None:
    folder.mkdir()
    done = subprocess.run([sys.executable, "-m", "bench", *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def rows(folder: Path) -> list[str]:
    return sorted(line for path in folder.glob("outputs/**/rows.jsonl") for line in path.read_text().splitlines())


@pytest.fixture(scope="module")
def planned(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("planned") / "run"
    grid = ",".join(f"{axis}:[{options}]" for axis, options in AXES.items())
    run(folder, *COMMON, f"++grid={{{grid}}}")
    return rows(folder)


@pytest.mark.parametrize("launcher", ["basic", "joblib", "submitit_local"])
def test_a_multirun_gives_the_rows_of_the_grid(tmp_path, planned, launcher):
    sweep = [f"{axis}={options}" for axis, options in AXES.items()]
    extra = {"joblib": ["hydra.launcher.n_jobs=2"], "submitit_local": ["hydra.launcher.timeout_min=5"]}.get(launcher, [])
    run(tmp_path / "run", "-m", *COMMON, *sweep, f"hydra/launcher={launcher}", *extra)
    assert len(planned) == 8 * 11
    assert rows(tmp_path / "run") == planned


def groups(folder: Path, *arguments: str) -> list[str]:
    """The group of each run below a folder."""
    tests = str(Path(__file__).parent)
    own = {"PYTHONPATH": os.pathsep.join([tests, str(Path(tests).parent)]), "LATENTBENCH_ALLOW": "toys"}
    command = [sys.executable, "-m", "bench", *arguments, *COMMON, "tracker._target_=toys.Noting", "name=mine"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=os.environ | own)
    assert done.returncode == 0, done.stdout + done.stderr
    return [path.read_text() for path in folder.glob("outputs/**/group.txt")]


def test_the_jobs_of_a_sweep_share_a_group_of_their_own(tmp_path):
    [sweep, again] = groups(tmp_path, "-m", "explainer=oracle,constant")
    assert sweep == again
    assert sweep.startswith("sweep 20")


def test_a_run_is_in_the_group_of_its_name(tmp_path):
    assert groups(tmp_path, "explainer=oracle") == ["mine"]
