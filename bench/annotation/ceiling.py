"""The human ceiling of a metric: each rater scored as an explainer would be, against what the other raters said of the same unit.

A metric of texts compares a rater's words with those of the others as references. A metric of labels holds a rater's answer against
the factors that each other rater ticked, one at a time, as if they were the truth: once the words as they were written, and once
the ticks put into words, which leaves out what the reading of free words costs.
"""

import asyncio
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.annotation.export import Answer
from bench.annotation.lines import Given
from bench.artifacts import Case, Effect, Explanation, Status, Truth, Unit, UnitTraversals
from bench.datasets.references import data_folder
from bench.datasets.vocabulary import Change, Vocabulary, load_vocabulary
from bench.errors import ConfigError
from bench.interfaces import Metric
from bench.reports.interval import interval
from bench.truth.wording import sentences

SIGNS: Mapping[Change, int | None] = {"increase": 1, "decrease": -1, "change": None}
STATUSES: Mapping[int, Status] = {0: "inactive", 1: "clean", 2: "two_factor"}


@dataclass(frozen=True)
class Ceiling:
    """Raters by one metric: mean and 95 % interval over units, and how many comparisons were scored of all.

    `answers` says what was scored: "words" or "ticks". `against` says what with: the others' "words", or their "ticks".
    """

    metric: str
    answers: str
    against: str
    mean: float | None
    low: float | None
    high: float | None
    scored: int
    total: int
    units: int


def ceilings(given: Given, metrics: Mapping[str, Metric], draws: int, seed: int) -> list[Ceiling]:
    """The ceiling of each metric. Raises `ConfigError` for a metric of whole cells, which has no value for one rater's answer."""
    if whole := [name for name, metric in metrics.items() if metric.scope != "unit"]:
        raise ConfigError(f"{', '.join(whole)}: values of whole cells; a ceiling needs metrics that score units")
    units: dict[str, list[Answer]] = {}
    for label in given.labels:
        units.setdefault(label.answer.item, []).append(label.answer)
    cases = {
        ("words", "words"): [list(_by_words(answers)) for answers in units.values()],
        ("words", "ticks"): [list(_by_ticks(answers, ticked=False)) for answers in units.values()],
        ("ticks", "ticks"): [list(_by_ticks(answers, ticked=True)) for answers in units.values()],
    }
    return [ceiling for name, metric in metrics.items() for ceiling in _ceilings(name, metric, cases, draws, seed)]


def _ceilings(
    name: str, metric: Metric, cases: Mapping[tuple[str, str], Sequence[Sequence[Case]]], draws: int, seed: int
) -> Iterator[Ceiling]:
    """A metric of texts has values without any truth; that is how it is told from a metric of labels."""
    by_words = _ceiling(name, metric, ("words", "words"), cases["words", "words"], draws, seed)
    if by_words.scored:
        yield by_words
        return
    for kind in (("words", "ticks"), ("ticks", "ticks")):
        yield _ceiling(name, metric, kind, cases[kind], draws, seed)


def _ceiling(name: str, metric: Metric, kind: tuple[str, str], cases: Sequence[Sequence[Case]], draws: int, seed: int) -> Ceiling:
    from bench.pipeline import score

    flat = [case for unit in cases for case in unit]
    values = iter(asyncio.run(score(metric, flat, None)) if flat else ())
    clusters = [[value for _ in unit if (value := next(values)) is not None] for unit in cases]
    scored = [value for cluster in clusters for value in cluster]
    low, high = interval(clusters, draws, seed) or (None, None)
    mean = math.fsum(scored) / len(scored) if scored else None
    return Ceiling(name, *kind, mean, low, high, len(scored), len(flat), sum(map(bool, clusters)))


def _by_words(answers: Sequence[Answer]) -> Iterator[Case]:
    """Each rater's words, with those of the others as references. Who found no pattern or only ticked has no words."""
    written = [answer for answer in answers if answer.text.strip()]
    for i, answer in enumerate(written):
        others = tuple(other.text for j, other in enumerate(written) if j != i)
        if others:
            yield _case(answer, answer.text, None, others)


def _by_ticks(answers: Sequence[Answer], ticked: bool) -> Iterator[Case]:
    """Each rater beside each other one, whose ticks are the truth. Who only wrote or only ticked is left out on that side."""
    for i, answer in enumerate(answers):
        if not answer.none and not (answer.factors if ticked else answer.text.strip()):
            continue
        text = (sentences(_truth(answer), _vocabulary(answer.dataset))[:1] or (None,))[0] if ticked else answer.text.strip() or None
        for j, other in enumerate(answers):
            if i != j and (other.none or other.factors):
                yield _case(answer, text, _truth(other), ())


def _case(answer: Answer, text: str | None, truth: Truth | None, references: tuple[str, ...]) -> Case:
    unit = UnitTraversals(Unit(answer.unit, ()), (), ())
    return Case(unit, truth, Explanation(answer.unit, text), _vocabulary(answer.dataset), references)


def _truth(answer: Answer) -> Truth:
    """What a rater ticked, as if it were the truth; every factor has the same share."""
    effects = tuple(Effect(tick.factor, 1 / len(answer.factors), SIGNS[tick.direction]) for tick in answer.factors)  # type: ignore[arg-type]
    return Truth(answer.unit, STATUSES.get(len(effects), "entangled"), effects, "recovered")


def _vocabulary(dataset: str) -> Vocabulary:
    folder = data_folder(dataset)
    return load_vocabulary(folder) if folder else Vocabulary("the object", ())
