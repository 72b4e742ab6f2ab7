import os
from collections.abc import Callable
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("OMP_NUM_THREADS", "1")  # test processes run side by side; set before torch is imported


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, so that stores and outputs of a test are its own."""
    monkeypatch.chdir(tmp_path)
    for variable in ("LATENTBENCH_STORE", "LATENTBENCH_DATA", "LATENTBENCH_ANSWERS"):
        monkeypatch.delenv(variable, raising=False)
    return tmp_path


@pytest.fixture
def benchmark_of(away: Path) -> Callable:
    """Runs cells in this process, from overrides as on the command line."""
    from bench.compose import composer
    from bench.session import benchmark

    def run(*overrides: str):
        with composer(overrides) as (fixed, axes):
            return benchmark(fixed, axes)

    return run
