"""One real run of a few explainers, the page made of it, and raters who answer it."""

import json
from pathlib import Path

import pytest
from annotation.exports import exported

from bench.annotation.asking import Amount, ask
from bench.annotation.page import render
from bench.annotation.runs import read_runs
from bench.compose import composer
from bench.outputs import write_all
from bench.session import benchmark

EXPLAINERS = ("oracle", "pixel_change", "constant")


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory) -> Path:
    """A run of three explainers on a decoder with clean, dead, grouped and conditional units."""
    root = tmp_path_factory.mktemp("annotated")
    overrides = ["model=exact_panel", f"explainer={','.join(EXPLAINERS)}", "metric=[set_f1,rouge_l]", "tracker=none"]
    with composer([*overrides, f"runtime.folders.store={root / 'store'}"]) as (fixed, axes):
        write_all(benchmark(fixed, axes), root / "run")
    return root / "run"


@pytest.fixture(scope="session")
def runs(run_folder):
    return read_runs([run_folder])


@pytest.fixture(scope="session")
def task(runs):
    """Ten units, three raters, up to three texts of each unit to rate."""
    return ask(runs, Amount(raters=3, units=10, strips=4, texts=3), seed=0, title="What changes?")


@pytest.fixture(scope="session")
def page(task, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("page") / "annotate.html"
    path.write_text(render(task), encoding="utf-8")
    return path


@pytest.fixture
def tree(task):
    """What a rater exports, as plain JSON; each test spoils a copy of its own."""
    return exported(task)


@pytest.fixture
def write(tmp_path):
    def write(tree, name="export.json") -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(tree), encoding="utf-8")
        return path

    return write
