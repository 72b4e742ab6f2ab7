"""The tables of a folder of submissions: every task, every format."""

from pathlib import Path

from bench.leaderboards.board import board
from bench.leaderboards.intake import read
from bench.leaderboards.renderings import RENDERINGS
from bench.leaderboards.submission import Submission
from bench.leaderboards.tasks import task
from bench.reports.controls import SPEAKING

LOOKING = ("oracle", "oracle_blurred", "mean_activation", "random_encoder", "centre", "object", "outline", "noise")
CONTROLS = (*SPEAKING, *(f"attention_{name}" for name in LOOKING))


def made(rows: Path, to: Path) -> dict[str, dict[Path, str]]:
    """By task, the text that each file below `to/tables/` must have. Submissions that are damaged raise `DataError`."""
    by_task: dict[str, list[Submission]] = {}
    for path in sorted(rows.glob("*.jsonl")):
        submission = read(path)
        by_task.setdefault(submission.header.task, []).append(submission)
    boards = {name: board(task(name), found, CONTROLS) for name, found in sorted(by_task.items())}
    return {
        name: {to / "tables" / f"{name}.{end}": render(one) for end, render in RENDERINGS.items()} for name, one in boards.items()
    }
