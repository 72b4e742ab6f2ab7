"""The verdicts as a table for people: a line a metric, a column a step."""

from collections.abc import Sequence

from bench.gauntlet.steps import PAIRS_WON, STEPS
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


def listing(verdicts: Sequence[Verdict]) -> Listing:
    """The metrics that ran, and in the notes those that did not."""
    ran = [verdict for verdict in verdicts if not verdict.reason]
    lines = tuple((verdict.metric, *(_shown(verdict.steps[step.name]) for step in STEPS)) for verdict in ran)
    notes = (*NOTES, *(f"Not run: {verdict.metric}, {verdict.reason}." for verdict in verdicts if verdict.reason))
    return Listing(("metric", *(step.name for step in STEPS)), lines, notes, 1)


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
