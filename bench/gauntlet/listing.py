"""The verdicts as tables for people: a line a metric, a column a step; metrics of texts, then metrics of maps."""

from collections.abc import Iterator, Sequence

from bench.gauntlet.steps import MAP_STEPS, PAIRS_WON, STEPS, Step
from bench.gauntlet.trial import Result
from bench.gauntlet.verdicts import Verdict
from bench.reports.listing import Listing

SIGNS = {"passes": "yes", "fails": "NO", "blind": "blind", "unclaimed": "(yes)", "undefined": "—"}
NOTES = (
    "yes, NO: the metric passes or fails a step about something that it says it sees; blind: it fails and does not claim to "
    "see it; (yes): it passes without the claim; —: it has no value for one of the controls.",
    f"removed, added, flipped: the share of units on which the oracle beats its altered answer, above {PAIRS_WON:g} to pass. "
    "Others: the two means, or the mean of the control and the 95 % interval of the shuffled answers.",
)
MAP_NOTES = (
    NOTES[0],
    f"oracle over blurred, over dealt: the share of units on which the exact mask beats itself blurred by 3 pixels, or that of "
    f"another unit, above {PAIRS_WON:g} to pass. Others: the two means.",
)


def listings(verdicts: Sequence[Verdict]) -> Iterator[Listing]:
    """One table for each kind of metric that ran; in the notes of the first those that did not."""
    absent = [f"Not run: {verdict.metric}, {verdict.reason}." for verdict in verdicts if verdict.reason]
    ran = [verdict for verdict in verdicts if not verdict.reason]
    maps = [verdict for verdict in ran if MAP_STEPS[0].name in verdict.steps]
    texts = [verdict for verdict in ran if verdict not in maps]
    if texts or not maps:
        yield _listing(texts, STEPS, (*NOTES, *absent))
    if maps:
        yield _listing(maps, MAP_STEPS, MAP_NOTES)


def markdown(verdicts: Sequence[Verdict]) -> str:
    """All tables, one below the other."""
    return "\n".join(table.markdown() for table in listings(verdicts))


def _listing(verdicts: Sequence[Verdict], steps: Sequence[Step], notes: tuple[str, ...]) -> Listing:
    lines = tuple((verdict.metric, *(_shown(verdict.steps[step.name]) for step in steps)) for verdict in verdicts)
    return Listing(("metric", *(step.name for step in steps)), lines, notes, 1)


def _shown(result: Result) -> str:
    sign, found = SIGNS[result.outcome], result.found
    if not found:
        return sign
    if "won" in found:
        return f"{sign} {found['won']:.2f}"
    if "low" in found:
        mean = next(iter(found.values()))
        return f"{sign} {mean:.3f} in [{found['low']:.3f}, {found['high']:.3f}]"
    first, second = found.values()
    return f"{sign} {first:.3f} > {second:.3f}"
