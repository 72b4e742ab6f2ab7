"""Whether a metric agrees with people: its values beside their ratings of the same texts, text by text and explainer by explainer.

With few explainers an order of them says little, which its interval shows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from bench.annotation.correlation import auroc, kendall, spearman
from bench.annotation.lines import Given
from bench.annotation.runs import Run
from bench.annotation.task import item_id, said_id
from bench.artifacts import ScoreRow
from bench.canonical import canonical
from bench.leaderboards.submission import contestant
from bench.reports.raters import spread
from bench.reports.rows import read_rows


@dataclass(frozen=True)
class Judged:
    """A text of a unit, who said it, its mean rating, and its value by one metric, turned so that higher is better."""

    item: str
    said: str
    contestant: str
    rating: float
    value: float


@dataclass(frozen=True)
class Harmony:
    """One statistic of one metric; its interval is over units. `pairs` counts texts, or explainers, `units` the units behind."""

    metric: str
    statistic: str
    value: float | None
    low: float | None
    high: float | None
    pairs: int
    units: int


def harmonies(given: Given, runs: Sequence[Run], draws: int, seed: int) -> list[Harmony]:
    """Agreement with the mean rating: of a rater left out (the ceiling), and of each metric of the runs."""
    found: dict[str, list[Judged]] = {}
    for run in runs:
        for metric, judged in _judged(given, run):
            found.setdefault(metric, []).append(judged)
    ceiling = _left_out(given, draws, seed)
    return [*([ceiling] if ceiling else []), *(one for name, all_of in found.items() for one in _of(name, all_of, draws, seed))]


def _judged(given: Given, run: Run) -> Iterator[tuple[str, Judged]]:
    ratings = _means(given)
    rows: dict[tuple[str, str | None], list[ScoreRow]] = {}
    for row in read_rows(run.folder / "rows.jsonl"):
        rows.setdefault((canonical(dict(row.cell)), row.unit), []).append(row)
    for cell in run.cells:
        for unit, text in cell.said.items():
            item = item_id(str(cell.labels["dataset"]), cell.keys["fit"], unit)
            mean = ratings.get((item, said_id(text))) if text else None
            if text is None or mean is None:
                continue
            for row in rows.get((canonical(dict(cell.labels)), unit), []):
                if row.value is not None:
                    sign = {True: row.value, False: -row.value, None: -abs(row.value)}[row.higher_is_better]
                    yield row.metric, Judged(item, said_id(text), contestant(cell.labels), mean, sign)


def _means(given: Given) -> Mapping[tuple[str, str], float]:
    found: dict[tuple[str, str], list[float]] = {}
    for rating in given.ratings:
        found.setdefault((rating.rated.item, rating.rated.said), []).append(float(rating.rated.rating))
    return {key: fmean(values) for key, values in found.items()}


def _of(metric: str, judged: Sequence[Judged], draws: int, seed: int) -> Iterator[Harmony]:
    units: dict[str, list[Judged]] = {}
    for one in judged:
        units.setdefault(one.item, []).append(one)
    groups = list(units.values())
    texts = len({(one.item, one.said) for one in judged})
    explainers = len({one.contestant for one in judged})
    for name, statistic, pairs in (
        ("Spearman, by text", lambda some: spearman(_texts(some)), texts),
        ("AUROC of good texts", lambda some: auroc(_texts(some)), texts),
        ("Kendall tau, by explainer", lambda some: kendall(_explainers(some)), explainers),
    ):
        yield _harmony(metric, name, statistic, groups, pairs, draws, seed)


def _harmony(
    metric: str,
    name: str,
    statistic: Callable[[Sequence[Sequence[Judged]]], float | None],
    groups: Sequence[Sequence[Judged]],
    pairs: int,
    draws: int,
    seed: int,
) -> Harmony:
    value = statistic(groups)
    low, high = (spread(statistic, groups, draws, seed) if value is not None else None) or (None, None)
    return Harmony(metric, name, value, low, high, pairs, len(groups))


def _texts(groups: Sequence[Sequence[Judged]]) -> list[tuple[float, float]]:
    """Rating and value of each text of each unit: the mean over the explainers and cells that said it."""
    pairs = []
    for group in groups:
        texts: dict[str, list[Judged]] = {}
        for one in group:
            texts.setdefault(one.said, []).append(one)
        pairs += [(same[0].rating, fmean([one.value for one in same])) for same in texts.values()]
    return pairs


def _explainers(groups: Sequence[Sequence[Judged]]) -> list[tuple[float, float]]:
    found: dict[str, list[Judged]] = {}
    for one in (one for group in groups for one in group):
        found.setdefault(one.contestant, []).append(one)
    return [(fmean([one.rating for one in ones]), fmean([one.value for one in ones])) for ones in found.values()]


def _left_out(given: Given, draws: int, seed: int) -> Harmony | None:
    """Each rater's ratings beside the mean of the others', averaged over raters."""
    units: dict[str, dict[str, dict[str, float]]] = {}
    for rating in given.ratings:
        units.setdefault(rating.rated.item, {}).setdefault(rating.rated.said, {})[rating.annotator] = float(rating.rated.rating)
    groups = [list(texts.values()) for texts in units.values()]
    raters = sorted({rating.annotator for rating in given.ratings})

    def statistic(some: Sequence[Sequence[Mapping[str, float]]]) -> float | None:
        found = [spearman(_beside(rater, some)) for rater in raters]
        known = [value for value in found if value is not None]
        return fmean(known) if known else None

    value = statistic(groups)
    if value is None:
        return None
    low, high = spread(statistic, groups, draws, seed) or (None, None)
    texts = sum(len(told) > 1 for group in groups for told in group)
    return Harmony("(a rater)", "Spearman, by text", value, low, high, texts, len(groups))


def _beside(rater: str, groups: Sequence[Sequence[Mapping[str, float]]]) -> list[tuple[float, float]]:
    told = [ratings for group in groups for ratings in group if rater in ratings and len(ratings) > 1]
    return [(ratings[rater], (sum(ratings.values()) - ratings[rater]) / (len(ratings) - 1)) for ratings in told]
