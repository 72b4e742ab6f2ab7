"""The command as a user meets it: help, plans, bad input, no network, an installed wheel."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
CELL = ("model=exact_identity", "explainer=oracle", "metric=[set_f1]", "tracker=none")


def latentbench(folder: Path, *arguments: str, before: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess:
    command = [*before, sys.executable, "-m", "bench", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=os.environ | environment)


def refused(done: subprocess.CompletedProcess) -> str:
    """The one message of a run that a user has to mend."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done.stderr


def test_help_shows_the_groups(away):
    done = latentbench(away, "--help")
    assert done.returncode == 0
    assert all(
        group in done.stdout for group in ("dataset", "model", "bias", "explainer", "client", "metric", "tracker", "runtime")
    )


def test_tab_completes_options(away):
    asked = {"COMP_LINE": "latentbench model=exact_i", "COMP_POINT": "26"}
    assert latentbench(away, "-sc", "query=bash", **asked).stdout.strip() == "model=exact_identity"


def test_the_composed_configuration_can_be_seen(away):
    assert "_target_: bench.datasets.dsprites.DSprites" in latentbench(away, "--cfg", "job", *CELL).stdout


def test_a_run_prints_its_table_and_where_everything_is(away):
    done = latentbench(away, *CELL)
    assert done.returncode == 0
    assert "set_f1" in done.stdout
    for name in ("rows.jsonl", "explanations.jsonl", "table.md", "report.html", "run.json"):
        [path] = [Path(line) for line in done.stdout.splitlines() if line.endswith(name)]
        assert path.stat().st_size > 0


def test_a_plan_says_what_is_cached_and_runs_nothing(away):
    before = json.loads(latentbench(away, "plan", *CELL, "--json").stdout)
    assert (before["cells"], sum(before["missing"].values()), sum(before["cached"].values())) == (1, 5, 0)
    assert not (away / "store").exists()
    latentbench(away, *CELL)
    after = json.loads(latentbench(away, "plan", *CELL, "--json").stdout)
    assert (sum(after["missing"].values()), sum(after["cached"].values())) == (0, 5)


def test_a_plan_prices_chat_calls_before_anything_is_sent(away):
    asks = ("model=exact_identity", "explainer=latent_explainer", "explainer.answers=3", "metric=[set_f1]")
    calls = json.loads(latentbench(away, "plan", *asks, "--json").stdout)["calls"]
    assert (calls["sent"], calls["images"], calls["remembered"]) == (30, 30, 0)
    assert calls["tokens"] > 0
    assert calls["price"] > 0


def test_a_table_is_made_from_rows_alone(away):
    latentbench(away, *CELL)
    [folder] = {path.parent for path in away.glob("outputs/*/*/rows.jsonl")}
    shutil.rmtree(away / "store")
    done = latentbench(away, "table", str(folder), "--status", "clean", "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert "oracle" in done.stdout


def test_explainers_are_compared_from_rows_alone(away):
    latentbench(away, *CELL, "++grid={explainer:[oracle,constant],seed:[0,1,2]}")
    [folder] = {path.parent for path in away.glob("outputs/*/*/rows.jsonl")}
    done = latentbench(away, "compare", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    [comparison] = json.loads(done.stdout)
    assert comparison["metric"] == "set_f1"


def test_a_machine_that_is_fit_is_called_fit(away):
    done = latentbench(away, "doctor")
    assert done.returncode == 0, done.stdout
    assert "all-MiniLM-L6-v2" in done.stdout


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (("model=nothing",), "model: expected one of"),
        (("bais=none",), "did you mean 'bias'?"),
        (("explainer.extra=1",), "extra"),
        (("++explainer.extra=1",), "explainer.extra: unknown key"),
        (("seed=one",), "seed: expected an integer"),
        (("explainer._target_=os.system",), "expected a class below bench"),
        (("model.generator.latents=ten",), "model.generator.latents"),
        (("runtime.folders.store=/proc/none",), "runtime.folders.store"),
        (("runtime.folders.store=/dev/null/store",), "runtime.folders.store"),
        (("model.truth=null",), "nobody knows it"),
    ],
)
def test_a_wrong_setting_is_one_clear_message(away, overrides, said):
    assert said in refused(latentbench(away, *CELL, *overrides))
    assert not list(away.glob("store/*/*/*"))[5:]


def test_the_official_file_must_be_whole(away):
    (away / "cut.npz").write_bytes(b"PK\x03\x04 not a whole archive")
    message = refused(latentbench(away, *CELL, "dataset=dsprites_official", f"dataset.path={away}/cut.npz"))
    assert "cut.npz" in message


def test_the_official_file_must_not_be_pickled(away):
    np.savez(away / "pickled.npz", imgs=np.array([{"a": 1}], dtype=object))
    message = refused(latentbench(away, *CELL, "dataset=dsprites_official", f"dataset.path={away}/pickled.npz"))
    assert "pickled.npz" in message


def test_a_damaged_stage_says_which_folder_to_delete(away):
    latentbench(away, *CELL)
    [damaged] = away.glob("store/traverse/*")
    (damaged / "traversals.npz").write_bytes(b"nonsense")
    message = refused(latentbench(away, *CELL, "explainer=constant"))
    assert str(damaged.relative_to(away)) in message


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("unshare") is None, reason="a namespace without routes needs root and unshare"
)
def test_everything_runs_without_a_network(away):
    cell = ("model=exact_identity", "explainer=pixel_change,oracle", "metric=[set_f1,bert_score_minilm]", "tracker=offline")
    done = latentbench(away, "-m", *cell, before=("unshare", "-n"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(away.glob("outputs/**/rows.jsonl"))) == 2
    assert list(away.glob("outputs/**/*.wandb"))


def test_an_installed_wheel_finds_its_configs_and_data(tmp_path):
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    site, away = tmp_path / "site", tmp_path / "away"
    away.mkdir()
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)], check=True)
    done = latentbench(away, *CELL, PYTHONPATH=str(site))
    assert done.returncode == 0, done.stdout + done.stderr
    where = [sys.executable, "-c", "import bench; print(bench.__file__)"]
    assert (
        str(site)
        in subprocess.run(where, cwd=away, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(site)}).stdout
    )


def test_a_run_until_explain_says_how_its_units_ended_and_keeps_what_was_said(away):
    done = latentbench(away, *CELL[:1], "explainer=pixel_change", "until=explain", "tracker=none")
    assert done.returncode == 0, done.stderr
    assert "units: 5 answered, 5 abstained, 0 failed" in done.stdout
    [path] = away.glob("outputs/*/*/explanations.jsonl")
    assert len(path.read_text().splitlines()) == 10
    assert str(path) in done.stdout


def test_a_run_that_explains_nothing_counts_no_units(away):
    assert "units:" not in latentbench(away, *CELL, "until=traverse").stdout
