"""From a submission back to the rows of its run, the same to the last bit."""

from collections.abc import Iterator

from bench.artifacts import ScoreRow
from bench.leaderboards.submission import CellRecord, Submission


def score_rows(submission: Submission) -> list[ScoreRow]:
    """The rows, cell by cell and metric by metric."""
    return [row for cell in submission.cells for row in _rows(submission, cell)]


def _rows(submission: Submission, cell: CellRecord) -> Iterator[ScoreRow]:
    header = submission.header
    origin = header.provenance | {"dataset": header.datasets.get(str(cell.cell.get("dataset")), "")}
    for name, scored in cell.scores.items():
        whole = header.metrics[name].scope == "cell"
        for i, value in enumerate(scored.values):
            yield ScoreRow(
                cell=cell.cell,
                unit=None if whole else cell.units[i],
                status=None if whole else cell.statuses[i],
                outcome=None if whole else cell.explanations[i].outcome,
                metric=name,
                value=value,
                higher_is_better=header.metrics[name].higher_is_better,
                bounds=header.metrics[name].bounds,
                keys=cell.keys | {"score": scored.key},
                provenance=origin,
            )
