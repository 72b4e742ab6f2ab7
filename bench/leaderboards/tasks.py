"""What a leaderboard measures: an experiment of `conf/experiment/` that has a `task:` section."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import ConfigDict, ValidationError
from pydantic.dataclasses import dataclass as checked

from bench.artifacts import Status
from bench.canonical import digest
from bench.errors import ConfigError
from bench.shipped import shipped

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@checked(frozen=True, config=ConfigDict(extra="forbid", strict=True))
class Rules:
    """The `task:` section. `statuses` names the units that count, () stands for all; `floor` and `ceiling` are explainers."""

    title: str
    primary: str
    statuses: tuple[Status, ...]
    floor: str
    ceiling: str


@dataclass(frozen=True)
class Task:
    """A task and its version: the digest of all that its YAML says, so that a changed task is another one."""

    name: str
    version: str
    rules: Rules


@cache
def task(name: str) -> Task:
    """The task of this name. Raises `ConfigError` when there is none."""
    import yaml

    known = tasks()
    if name not in known:
        raise ConfigError(f"expected a task, one of {', '.join(known) or 'none'}, got {name!r}")
    said = yaml.safe_load(shipped("conf", "experiment", f"{name}.yaml").read_text(encoding="utf-8"))
    return Task(name, digest(said), _rules(name, said["task"]))


@cache
def tasks() -> tuple[str, ...]:
    """The names of all tasks."""
    import yaml

    found = sorted(shipped("conf", "experiment").glob("*.yaml"))
    return tuple(path.stem for path in found if "task" in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}))


def _rules(name: str, section: dict[str, Any]) -> Rules:
    try:
        given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in section.items()}
        return Rules(**given)
    except (ValidationError, AttributeError) as error:
        raise ConfigError(f"conf/experiment/{name}.yaml: task: {error}") from error


WORLD: tuple[Literal["dataset", "model", "bias", "seed"], ...] = ("dataset", "model", "bias", "seed")
