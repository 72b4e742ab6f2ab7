"""What stands below a board: how to read it, and how far to trust it."""

from bench.gauntlet.verdicts import remarks
from bench.leaderboards.board import Board
from bench.reports.comparison import LEVEL
from bench.reports.notes import MARK
from bench.reports.statistics import FEW


def notes(board: Board) -> list[str]:
    """How to read it, and how far to trust it."""
    rules, primary = board.task.rules, board.metrics[0]
    units = f"units whose truth is {', '.join(rules.statuses)}" if rules.statuses else "all units"
    clusters = min(summary.clusters for one in board.standings for summary in one.summaries[:1])
    said = [
        f"Task {board.task.name}, version {board.task.version}: {units}; ranked by {primary}. Submissions: "
        f"{', '.join(dict.fromkeys(one.submission for one in board.standings))}.",
        "Place, and the places [95 %] that chance allows. Controls have none: they read the truth or ignore the unit.",
        f"Group: who shares a letter cannot be told apart by {primary} (paired over the same cells, signs of clusters flipped, "
        "Holm at 0.05).",
        "Mean [95 % interval] scored/all, intervals over clusters of one model and seed.",
        f"Normalised: 0 is {rules.floor} (the floor), 1 is {rules.ceiling} (the ceiling). Detectable: the smallest difference in "
        f"{primary} from the candidate next above (for the first, below) that 80 % of such studies would find.",
        *remarks(board.metrics),
    ]
    if clusters < FEW:
        said.append(f"{MARK} Fewer than {FEW} clusters: the interval is too narrow to be trusted.")
    return said + _powerless(clusters, len(board.standings))


def _powerless(clusters: int, contestants: int) -> list[str]:
    """What to say where so few clusters can never tell so many contestants apart (see `sign_flip` and `holm`)."""
    pairs, least = contestants * (contestants - 1) // 2, 2.0 ** (1 - clusters)
    if not clusters or pairs * least <= LEVEL:
        return []
    return [
        f"{clusters} clusters cannot tell any of {pairs} pairs apart, whatever they show: p is at least {least:.3g}, and is raised "
        "for all pairs. That all share a letter says nothing here; look at the intervals."
    ]
