"""Comparisons, places and normalised scores as tables for people, with the notes that say how far they can be trusted."""

from collections.abc import Mapping, Sequence

from bench.gauntlet.verdicts import remarks
from bench.reports.comparison import Comparison
from bench.reports.direction import arrow
from bench.reports.listing import Listing
from bench.reports.normalised import Normalised
from bench.reports.notes import MARK
from bench.reports.ranks import Rank
from bench.reports.statistics import FEW, Label

NOTHING = "—"
SHOWN = 0.0001  # a smaller p is shown as smaller than this
DIFFERENCES = (
    "First minus second, mean over pairs: units of the same cells that both gave a value for; the others are counted as unpaired.",
    "[95 % interval]: bootstrap over clusters of one model and seed. p: signs of clusters flipped; Holm: for all lines at once.",
    "Better: which one is, where p (Holm) is at most 0.05. Detectable: the difference that would be found in 80 % of such studies.",
    "McNemar: exact, for scores of 0 and 1; it takes units to be independent, so p is the one to trust.",
)
DISTANCES = ("→0: best at 0 from either side; distances from 0 are compared.",)
PLACES = ("Place by the mean over the units that all gave a value for, and the places [95 %] that chance allows.",)
SCALED = ("0 is the shuffled control, 1 is the oracle, by the same metric in the same cells; [95 % interval] over clusters.",)


def comparison_table(comparisons: Sequence[Comparison]) -> Listing:
    """A line per comparison. Those that rest on few clusters are marked."""
    axes = tuple(comparisons[0].group) if comparisons else ()
    lines = tuple((*_labels(c.group), _metric(c.metric, c.higher_is_better), *_compared(c)) for c in comparisons)
    heads = ("first", "second", "better", "difference", "p (Holm)", "p", "McNemar", "detectable", "pairs", "unpaired", "clusters")
    few = min((c.clusters for c in comparisons if c.few_clusters), default=None)
    from_zero = DISTANCES if any(c.higher_is_better is None for c in comparisons) else ()
    doubts = tuple(remarks(c.metric for c in comparisons))
    return Listing((*axes, "metric", *heads), lines, (*DIFFERENCES, *from_zero, *doubts, *_few(few)), len(axes) + 4)


def rank_table(places: Mapping[str, Sequence[Rank]]) -> Listing:
    """The places of every metric, the best first; `places` maps a metric to its ranks."""
    lines = tuple(
        (metric, str(rank.level), _number(rank.place, 1), _span(rank.low, rank.high, 1), _number(rank.mean), str(rank.pairs))
        for metric, found in places.items()
        for rank in found
    )
    clusters = [rank.clusters for found in places.values() for rank in found if 0 < rank.clusters < FEW]
    heads = ("metric", "level", "place", "95 %", "mean", "pairs")
    return Listing(heads, lines, (*PLACES, *remarks(places), *_few(min(clusters, default=None))), 2)


def normalised_table(scores: Sequence[Normalised]) -> Listing:
    """A line per group and metric."""
    axes = tuple(scores[0].group) if scores else ()
    lines = tuple(
        (*_labels(s.group), s.metric, _number(s.value), _span(s.low, s.high), *map(_number, (s.raw, s.floor, s.ceiling)))
        for s in scores
    )
    few = min((s.clusters for s in scores if 0 < s.clusters < FEW), default=None)
    heads = (*axes, "metric", "normalised", "95 %", "raw", "floor", "ceiling")
    return Listing(heads, lines, (*SCALED, *remarks(s.metric for s in scores), *_few(few)), len(axes) + 1)


def _compared(c: Comparison) -> tuple[str, ...]:
    mark = MARK if c.few_clusters else ""
    difference = " ".join(filter(None, (_number(c.difference, signed=True), _span(c.low, c.high)))) + mark
    tests = (_chance(c.p_holm), _chance(c.p), _chance(c.p_mcnemar), _number(c.detectable))
    counts = (str(c.pairs), str(c.first_only + c.second_only), str(c.clusters))
    return (str(c.first), str(c.second), NOTHING if c.better is None else str(c.better), difference, *tests, *counts)


def _few(clusters: int | None) -> tuple[str, ...]:
    if clusters is None:
        return ()
    reach = (
        "one cluster says nothing of the next model, and its units stand for clusters"
        if clusters == 1
        else f"with {clusters} no p can fall below {2.0 ** (1 - clusters):g}"
    )
    return (f"{MARK} Fewer than {FEW} clusters: do not trust the interval; {reach}. Run more seeds or models.",)


def _labels(group: Mapping[str, Label]) -> tuple[str, ...]:
    return tuple(map(str, group.values()))


def _metric(name: str, higher_is_better: bool | None) -> str:
    return f"{name} {arrow(higher_is_better)}"


def _number(value: float | None, digits: int = 3, signed: bool = False) -> str:
    if value is None:
        return NOTHING
    shown = f"{value:{'+' if signed else ''}.{digits}f}"
    return f"{0:.{digits}f}" if float(shown) == 0 else shown


def _span(low: float | None, high: float | None, digits: int = 3) -> str:
    return "" if low is None or high is None else f"[{_number(low, digits)}, {_number(high, digits)}]"


def _chance(value: float | None) -> str:
    if value is None:
        return NOTHING
    return f"<{SHOWN:.4f}" if value < SHOWN else f"{value:.4f}"
