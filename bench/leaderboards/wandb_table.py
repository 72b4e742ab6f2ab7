"""The leaderboard of one run, as a table of W&B."""

from pathlib import Path
from typing import Any

from bench.leaderboards.board import board
from bench.leaderboards.intake import read
from bench.leaderboards.renderings import listing
from bench.leaderboards.tables import CONTROLS
from bench.leaderboards.tasks import task
from bench.reports.wandb_artifacts import SUBMISSION


def boards(folder: Path) -> dict[str, Any]:
    """`leaderboard/<task>`: the board that the submission of a run folder makes by itself; empty without one."""
    import wandb

    found = {}
    for path in sorted((folder / SUBMISSION).glob("*.jsonl")):
        submission = read(path)
        shown = listing(board(task(submission.header.task), [submission], CONTROLS))
        lines = [list(line) for line in shown.lines]
        found[f"leaderboard/{submission.header.task}"] = wandb.Table(columns=list(shown.heads), data=lines)
    return found
