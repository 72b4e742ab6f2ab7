"""A submission of a small part of the task dsprites_exact, and a verifier of that part."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from bench.canonical import canonical
from bench.leaderboards import reference

NARROW = ["grid.model=[exact_identity]", "grid.bias=[none]", "grid.seed=[0,1]"]
TASK_OVERRIDES = reference.overrides


@pytest.fixture(scope="session")
def small_run(tmp_path_factory) -> Path:
    """The working folder of a run; its outputs are below `run/`."""
    from bench.session import run

    folder = tmp_path_factory.mktemp("leaderboards")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for variable in ("LATENTBENCH_STORE", "LATENTBENCH_DATA", "LATENTBENCH_ANSWERS"):
            patch.delenv(variable, raising=False)
        from bench.compose import composer

        with composer(["+experiment=dsprites_exact", "tracker=none", *NARROW]) as (fixed, _):
            assert run(fixed, folder / "run") == 0
    return folder


@pytest.fixture(scope="session")
def planned_once():
    """References by task and explainers, so that each is planned once."""
    return cache(reference.reference)


@pytest.fixture
def here(planned_once, small_run, monkeypatch) -> Path:
    """In the folder of the run, with a task narrowed to its cells."""
    monkeypatch.chdir(small_run)
    monkeypatch.setattr(reference, "overrides", lambda task, explainers: [*TASK_OVERRIDES(task, explainers), *NARROW])
    monkeypatch.setattr("bench.leaderboards.verify.reference", planned_once)
    return small_run


@pytest.fixture
def packed(here) -> str:
    """The text of the submission `mine`."""
    from bench.leaderboards.pack import pack

    return pack(here / "run", "mine").text()


@pytest.fixture
def lines(packed) -> list[dict]:
    """The same as JSON objects, to be tampered with."""
    return [json.loads(line) for line in packed.split("\n") if line]


@pytest.fixture
def verdict_of(here, tmp_path) -> Callable:
    """Verifies bytes, text or JSON objects as `mine.jsonl`."""
    from bench.leaderboards.verify import verify

    def check(content, name="mine.jsonl"):
        path = tmp_path / name
        if isinstance(content, list):
            content = "".join(canonical(line) + "\n" for line in content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return verify(path)

    return check
