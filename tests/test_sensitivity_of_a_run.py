"""`latentbench sensitivity` on a run of LatentExplainer against a real server on loopback."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from loopback import Loopback

RUN = (
    "+experiment=latent_explainer_orders",
    "model=exact_identity",
    "metric=[exact_set]",
    "tracker=none",
    "client=vllm",
    "grid.explainer=[latent_explainer]",
    "explainer.answers=1",
    "explainer.threshold=null",
    "grid.seed=[0]",
)
NUMBERED = "Each row has its number on the left."


def latentbench(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bench", *arguments], cwd=folder, capture_output=True, text=True, env=dict(os.environ), timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def told(body: dict) -> str:
    """Size for a plain sheet, another factor for a numbered one: the answer hangs on the layout and on nothing else."""
    return "The object moves to the right." if NUMBERED in body["messages"][0]["content"][0]["text"] else "The object grows."


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("orders")
    with Loopback(told) as server:
        latentbench(folder, *RUN, f"client.client.base_url={server.base_url}")
    [made] = folder.glob("outputs/*/*")
    return made


def measured(run: Path, *arguments: str) -> dict[str, float]:
    facts = json.loads(latentbench(run, "sensitivity", str(run), "--json", *arguments))
    assert {fact["group"] for fact in facts} == {"latent_explainer"}
    return {fact["name"]: fact["value"] for fact in facts}


def test_an_answer_that_ignores_the_order_never_flips_and_never_turns(run):
    found = measured(
        run, "--axis", "traversal@bias.moves", "--levels", "axis,reversed,frames_shuffled", "--reversal", "axis,reversed"
    )
    assert found["label flips"] == 0.0
    assert found["reversal equivariance"] == 0.0


def test_an_answer_that_hangs_on_the_words_flips_always(run):
    assert measured(run, "--axis", "layout@explainer.layout", "--levels", "sheet,numbered")["label flips"] == 1.0
    assert measured(run, "--axis", "layout@explainer.layout", "--levels", "sheet,frames")["label flips"] == 0.0


def test_the_run_reports_what_the_verb_measures(run):
    page = (run / "sensitivity.md").read_text()
    assert re.findall("^## (.*)$", page, re.MULTILINE) == ["order of the steps", "layout and its words"]
    flips = [line.split("|")[3].strip() for line in page.splitlines() if "label flips" in line]
    assert flips == ["0.000", "0.667"]
