"""The verdicts as tables for people: a line a metric, a column a step; metrics of texts, of maps, of defects."""

from collections.abc import Iterator, Mapping, Sequence

from bench.gauntlet.steps import PAIRS_WON, STEPS, TRIALS, Step, Trial
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
DEFECT_NOTES = (
    NOTES[0],
    "oracle over blurred, over dealt: the share of worlds in which the exact masks beat themselves blurred by 3 pixels, or masks "
    f"of other pictures moved to places of chance, above {PAIRS_WON:g} to pass. At the floor: the mean of the control, and the "
    "95 % interval of the moved masks; same: one of these for all pictures. Others: the two means.",
)
MORE: Mapping[Trial, tuple[str, ...]] = {"maps": MAP_NOTES, "defects": DEFECT_NOTES}


def listings(verdicts: Sequence[Verdict]) -> Iterator[Listing]:
    """One table for each kind of metric that ran; that of texts, which is there if no other is, notes those that did not."""
    absent = [f"Not run: {verdict.metric}, {verdict.reason}." for verdict in verdicts if verdict.reason]
    ran = {trial: [one for one in verdicts if not one.reason and _trial(one) == trial] for trial in TRIALS}
    if ran["texts"] or not any(ran.values()):
        yield _listing(ran["texts"], STEPS, (*NOTES, *absent))
    yield from (_listing(ran[trial], TRIALS[trial], notes) for trial, notes in MORE.items() if ran[trial])


def _trial(verdict: Verdict) -> Trial:
    return next(trial for trial, steps in TRIALS.items() if {step.name for step in steps} == set(verdict.steps))


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
