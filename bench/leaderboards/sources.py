"""Where submissions come from when not from a folder of them: the runs of a W&B project, or offline runs of W&B."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from bench.errors import ConfigError, DataError
from bench.leaderboards.intake import read
from bench.leaderboards.reference import overrides, world
from bench.leaderboards.submission import Submission
from bench.leaderboards.tasks import NAME, Task, task, tasks
from bench.leaderboards.wandb_offline import carried as offline
from bench.leaderboards.wandb_online import carried as online

ONLINE, OFFLINE = "wandb:", "wandb-offline:"


def fetch(source: str, rows: Path) -> list[str]:
    """Put the submissions of `source` into the folder `rows`, byte for byte; say what was left out, and why.

    Left out is what is damaged, of another version of its task, or not of all its cells. Two that differ under one name raise.
    """
    found: dict[str, bytes] = {}
    notes = []
    for origin, name, content in _carried(source):
        path = PurePosixPath(name)
        if path.parent != PurePosixPath(".") or not NAME.fullmatch(path.stem) or path.suffix != ".jsonl":
            notes.append(f"{origin}: left out a file called {name!r:.80}")
        elif found.get(name, content) != content:
            raise DataError(f"{origin}: another submission is called {path.stem}, too; delete one of these runs")
        else:
            found[name] = content
    rows.mkdir(parents=True, exist_ok=True)
    for name, content in found.items():
        (rows / name).write_bytes(content)
        if fault := _fault(rows / name):
            (rows / name).unlink()
            notes.append(f"left out {name}: {fault}")
    return notes


def _carried(source: str) -> Iterator[tuple[str, str, bytes]]:
    if source.startswith(ONLINE):
        return online(source.removeprefix(ONLINE))
    if source.startswith(OFFLINE):
        return offline(Path(source.removeprefix(OFFLINE)))
    raise ConfigError(f"expected {ONLINE}<entity>/<project> or {OFFLINE}<folder>, got {source}")


def _fault(path: Path) -> str | None:
    """Why a submission cannot stand on a board; `None` when it can."""
    try:
        submission = read(path)
    except DataError as error:
        return str(error).partition("\n")[0]
    header = submission.header
    if header.task not in tasks():
        return f"there is no task {header.task}"
    if header.task_version != task(header.task).version:
        return f"made for another version of task {header.task}"
    lacking = worlds(task(header.task)) - _common(submission)
    return f"it lacks {len(lacking)} cells of its task" if lacking else None


def _common(submission: Submission) -> frozenset[str]:
    """The worlds that every contestant answered."""
    answered: dict[str, set[str]] = {}
    for cell in submission.cells:
        answered.setdefault(cell.contestant, set()).add(world(cell.cell))
    return frozenset.intersection(*map(frozenset, answered.values())) if answered else frozenset()


def worlds(chosen: Task) -> frozenset[str]:
    """Every cell of a task, without its explainer."""
    from bench.cells import cells
    from bench.compose import composer

    with composer(overrides(chosen, ["constant"])) as (fixed, axes):
        return frozenset(world(cell.labels) for cell in cells(fixed, axes))
