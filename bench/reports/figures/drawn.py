"""All figures of a page, as far as there is anything to draw."""

from collections.abc import Sequence

from bench.artifacts import ScoreRow, UnitRecord
from bench.reports.figures.ablation import ablation
from bench.reports.figures.cost import cost
from bench.reports.figures.figure import Figure
from bench.reports.figures.means import means
from bench.reports.figures.reliability import calibration
from bench.reports.figures.risk import risk_coverage
from bench.reports.figures.sure import sure_answers


def figures(rows: Sequence[ScoreRow], records: Sequence[UnitRecord], controls: Sequence[str]) -> list[Figure]:
    """Scores by explainer, what a bias changes, risk and coverage, calibration, cost and quality; those that have data."""
    answers = sure_answers(rows, records, controls)
    every = (means(rows, controls), ablation(rows, controls), risk_coverage(answers), calibration(answers), cost(rows, records))
    return [figure for figure in every if figure is not None]
