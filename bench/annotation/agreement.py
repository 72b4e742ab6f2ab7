"""How far raters agree, and beyond chance: Krippendorff's alpha, Fleiss' kappa and Cohen's kappa, by question, with intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

from bench.annotation.lines import Given
from bench.annotation.questions import Question, Table, questions
from bench.annotation.task import STARS
from bench.reports.raters import cohen, fleiss, krippendorff, spread

SCALE = tuple(range(1, STARS + 1))
FEW = 4  # raters; the pairs of more are told by their mean alone


@dataclass(frozen=True)
class Agreement:
    """One statistic of one question. `value` is `None` where chance alone would agree always; the interval is over units.

    `units` and `things` count what at least two of the raters (for Fleiss: all) rated: units, and the texts or factors of them.
    """

    question: str
    statistic: str
    raters: str
    value: float | None
    low: float | None
    high: float | None
    units: int
    things: int


def agreements(given: Given, draws: int, seed: int) -> list[Agreement]:
    """Every statistic of every question that two raters answered of the same thing."""
    return [agreement for question in questions(given) for agreement in _agreements(question, draws, seed)]


def observed(rows: Table) -> float | None:
    """The share of pairs of raters of the same thing that agree, chance or not; `None` without pairs."""
    pairs = [one == other for row in rows for one, other in combinations([rating for rating in row if rating is not None], 2)]
    return sum(pairs) / len(pairs) if pairs else None


def _agreements(question: Question, draws: int, seed: int) -> list[Agreement]:
    ordinal, everybody = question.level == "ordinal", tuple(range(len(question.raters)))
    order = SCALE if ordinal else ()
    name = f"Krippendorff alpha, {question.level}"
    found = [_found(question, "observed agreement", everybody, 2, observed, draws, seed)]
    found += [_found(question, name, everybody, 2, lambda rows: krippendorff(rows, question.level, order), draws, seed)]
    found += [_found(question, "Fleiss kappa", everybody, len(everybody), fleiss, draws, seed)]
    name = "Cohen kappa, quadratic" if ordinal else "Cohen kappa"
    if len(everybody) > 2:
        found.append(_found(question, f"{name}, mean of pairs", everybody, 2, lambda rows: _mean_cohen(rows, ordinal), draws, seed))
    for pair in combinations(everybody, 2) if len(everybody) <= FEW else ():
        found.append(_found(question, name, pair, 2, lambda rows: _cohen(rows, ordinal), draws, seed))
    return found


def _found(
    question: Question,
    statistic: str,
    columns: tuple[int, ...],
    least: int,
    value: Callable[[Table], float | None],
    draws: int,
    seed: int,
) -> Agreement:
    """A statistic over the rows that at least so many of these raters filled; units are drawn whole for the interval."""

    def pooled(units: Sequence[Table]) -> float | None:
        return value([row for table in units for row in table])

    tables = [_filled(table, columns, least) for table in question.units]
    units = [table for table in tables if table]
    whole = pooled(units) if units else None
    span = None if whole is None else spread(pooled, units, draws, seed)
    low, high = span or (None, None)
    names = ", ".join(question.raters[i] for i in columns)
    return Agreement(question.name, statistic, names, whole, low, high, len(units), sum(map(len, units)))


def _filled(table: Table, columns: tuple[int, ...], least: int) -> Table:
    rows = [[row[i] for i in columns] for row in table]
    return [row for row in rows if sum(rating is not None for rating in row) >= least]


def _mean_cohen(rows: Table, ordinal: bool) -> float | None:
    """Over the pairs for which it is defined."""
    pairs = (_filled(rows, pair, 2) for pair in combinations(range(len(rows[0])), 2))
    known = [value for pair in pairs if pair and (value := _cohen(pair, ordinal)) is not None]
    return sum(known) / len(known) if known else None


def _cohen(rows: Table, ordinal: bool) -> float | None:
    first, second = ([rating for rating in column if rating is not None] for column in zip(*rows, strict=True))
    return cohen(first, second, SCALE, "quadratic") if ordinal else cohen(first, second)
