"""What raters can agree on: the factors of a unit, each by itself and as a set, their directions, and ratings of texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from bench.annotation.export import Answer
from bench.annotation.lines import Given
from bench.annotation.task import STARS
from bench.datasets.references import data_folder
from bench.datasets.vocabulary import load_vocabulary
from bench.reports.raters import Rating

Table = Sequence[Sequence[Rating | None]]  # a row per thing rated, a column per rater


@dataclass(frozen=True)
class Question:
    """One question, put of many units. Each unit has a table of what was rated, by every rater; `None` where one was silent."""

    name: str
    level: Literal["nominal", "ordinal"]
    raters: tuple[str, ...]
    units: tuple[Table, ...]


def questions(given: Given) -> list[Question]:
    """Every question that at least two raters answered of the same thing."""
    answers: dict[str, dict[str, Answer]] = {}
    for label in given.labels:
        answers.setdefault(label.answer.item, {})[label.annotator] = label.answer
    raters = tuple(sorted({label.annotator for label in given.labels}))
    found = [*_labels(answers, raters), _ratings(given)]
    return [question for question in found if any(_rated(row) > 1 for table in question.units for row in table)]


def _labels(answers: dict[str, dict[str, Answer]], raters: tuple[str, ...]) -> list[Question]:
    units = list(answers.values())

    def asked(name: str, tables: Sequence[Table]) -> Question:
        return Question(name, "nominal", raters, tuple(tables))

    sets = asked("factors, as a set", [[[_set(unit.get(rater)) for rater in raters]] for unit in units])
    none = asked("no clear pattern", [[[_none(unit.get(rater)) for rater in raters]] for unit in units])
    single = [
        asked(f"factor {factor}", [[[_names(unit.get(rater), factor) for rater in raters]] for unit in units if _of(unit, dataset)])
        for dataset, factor in _factors(units)
    ]
    ways = [
        [
            [_way(unit.get(rater), factor) for rater in raters]
            for dataset, factor in _factors([unit])
            if factor in _directed(dataset)
        ]
        for unit in units
    ]
    return [sets, none, *single, asked("direction of a factor that both name", ways)]


def _ratings(given: Given) -> Question:
    raters = tuple(sorted({rating.annotator for rating in given.ratings}))
    told: dict[str, dict[str, dict[str, int]]] = {}
    for rating in given.ratings:
        told.setdefault(rating.rated.item, {}).setdefault(rating.rated.said, {})[rating.annotator] = rating.rated.rating
    tables = tuple([[texts[said].get(rater) for rater in raters] for said in texts] for texts in told.values())
    return Question(f"rating of a text, 1 to {STARS}", "ordinal", raters, tables)


def _factors(units: Sequence[dict[str, Answer]]) -> list[tuple[str, str]]:
    """The factors that anybody ticked, with their dataset, in order of appearance."""
    ticked = ((one.dataset, tick.factor) for unit in units for one in unit.values() for tick in one.factors)
    return list(dict.fromkeys(ticked))


@cache
def _directed(dataset: str) -> frozenset[str]:
    """The factors that rise or fall; that two raters give a colour no direction is no agreement."""
    folder = data_folder(dataset)
    return load_vocabulary(folder).directed if folder else frozenset()


def _of(unit: dict[str, Answer], dataset: str) -> bool:
    return any(answer.dataset == dataset for answer in unit.values())


def _set(answer: Answer | None) -> str | None:
    """The factors that a rater ticked. Words without a tick say nothing of factors."""
    if answer is None or not (answer.none or answer.factors):
        return None
    return "+".join(sorted(tick.factor for tick in answer.factors)) or "none"


def _none(answer: Answer | None) -> str | None:
    return None if answer is None else "none" if answer.none else "some"


def _names(answer: Answer | None, factor: str) -> str | None:
    return None if _set(answer) is None or answer is None else str(any(tick.factor == factor for tick in answer.factors))


def _way(answer: Answer | None, factor: str) -> str | None:
    return next((tick.direction for tick in answer.factors if tick.factor == factor), None) if answer else None


def _rated(row: Sequence[Rating | None]) -> int:
    return sum(rating is not None for rating in row)
