"""A leaderboard: who stands where on one task, what chance allows, and what a submission would have to show to move."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bench.artifacts import ScoreRow
from bench.errors import DataError
from bench.leaderboards.letters import letters
from bench.leaderboards.rows import score_rows
from bench.leaderboards.submission import Submission
from bench.leaderboards.tasks import WORLD, Task
from bench.reports.comparison import Comparison, compare
from bench.reports.direction import goodness
from bench.reports.normalised import Normalised, normalised
from bench.reports.ranks import Rank, ranks
from bench.reports.statistics import Summary, summarise


@dataclass(frozen=True)
class Standing:
    """One contestant. `rank` is `None` for controls, which are no candidates.

    `group` letters are shared by those that chance cannot tell apart by the primary metric. `detectable` is the difference from
    the candidate above (for the first, below) that would be found in 80 % of such studies.
    """

    contestant: str
    submission: str
    rank: Rank | None
    group: str
    detectable: float | None
    normalised: Normalised | None
    summaries: tuple[Summary, ...]
    outcomes: tuple[int, int, int]


@dataclass(frozen=True)
class Board:
    """The standings of a task, the best first and controls last; `metrics` starts with the primary one."""

    task: Task
    metrics: tuple[str, ...]
    standings: tuple[Standing, ...]


def board(task: Task, submissions: Sequence[Submission], controls: Sequence[str]) -> Board:
    """The board that these submissions make. Raises `DataError` for submissions of another task or version."""
    rows, owners, ended = _gathered(task, submissions)
    primary = [row for row in rows if row.metric == task.rules.primary]
    if not primary:
        raise DataError(f"task {task.name}: no submission has rows of its primary metric {task.rules.primary}")
    summaries: dict[str, dict[str, Summary]] = {}
    for summary in summarise(rows, ("explainer",)):
        summaries.setdefault(str(summary.group["explainer"]), {})[summary.metric] = summary
    metrics = (task.rules.primary, *sorted({row.metric for row in rows} - {task.rules.primary}))
    candidates = [name for name in owners if name not in controls]
    places = {str(rank.level): rank for rank in ranks(primary, levels=candidates)} if candidates else {}
    last = sorted((name for name in owners if name not in places), key=lambda name: _badness(summaries[name][metrics[0]]))
    order = [*places, *last]
    pairs = compare(primary) if len(owners) > 1 else []
    shared = letters(order, {frozenset((str(p.first), str(p.second))) for p in pairs if p.better is not None})
    scaled = normalised(primary, ("explainer",), floor=task.rules.floor, ceiling=task.rules.ceiling)
    share = {str(one.group["explainer"]): one for one in scaled}
    standings = (
        Standing(
            contestant=name,
            submission=owners[name],
            rank=places.get(name),
            group=shared[name],
            detectable=_detectable(name, list(places), pairs),
            normalised=share.get(name),
            summaries=tuple(summaries[name][metric] for metric in metrics),
            outcomes=ended[name],
        )
        for name in order
    )
    return Board(task, metrics, tuple(standings))


def _gathered(
    task: Task, submissions: Sequence[Submission]
) -> tuple[list[ScoreRow], dict[str, str], dict[str, tuple[int, int, int]]]:
    """Rows whose explainer is the contestant; who submitted each first, and how its units ended.

    A contestant that came before with the same configuration counts once; with another one, its submission's name tells them apart.
    """
    rows: list[ScoreRow] = []
    owners: dict[str, str] = {}
    recipes: dict[str, object] = {}
    ended: dict[str, tuple[int, int, int]] = {}
    for submission in sorted(submissions, key=lambda one: one.header.submission):
        if (submission.header.task, submission.header.task_version) != (task.name, task.version):
            raise DataError(f"{submission.header.submission}: made for another task, or another version of {task.name}")
        for name, recipe in sorted(submission.header.explainers.items()):
            if recipes.get(name) == recipe:
                continue
            label = name if name not in owners else f"{name} · {submission.header.submission}"
            owners[label], recipes[label] = submission.header.submission, recipe
            rows += _relabelled(task, submission, name, label)
            said = [e.outcome for cell in submission.cells if cell.contestant == name for e in cell.explanations]
            ended[label] = (said.count("answered"), said.count("abstained"), said.count("failed"))
    return rows, owners, ended


def _relabelled(task: Task, submission: Submission, name: str, label: str) -> Iterator[ScoreRow]:
    own = replace(submission, cells=tuple(cell for cell in submission.cells if cell.contestant == name))
    for row in score_rows(own):
        if not task.rules.statuses or row.status in task.rules.statuses:
            yield replace(row, cell={axis: row.cell[axis] for axis in WORLD} | {"explainer": label})


def _badness(summary: Summary) -> float:
    return float("inf") if summary.mean is None else -goodness(summary.mean, summary.higher_is_better)


def _detectable(name: str, order: Sequence[str], pairs: Sequence[Comparison]) -> float | None:
    if name not in order or len(order) < 2:
        return None
    i = order.index(name)
    rival = order[i - 1] if i else order[1]
    return next((pair.detectable for pair in pairs if {pair.first, pair.second} == {name, rival}), None)
