"""The sentences below a table: what its numbers are, how far they can be trusted, and what is missing from them."""

from collections.abc import Sequence

from bench.gauntlet.verdicts import remarks
from bench.reports.statistics import FEW, Summary
from bench.reports.tally import Tally

MARK = "†"


def notes(summaries: Sequence[Summary], controls: Sequence[str], tally: Tally | None) -> list[str]:
    """What the numbers are, how many clusters they rest on, what is marked, which metrics fail the gauntlet, and what failed."""
    counts = sorted({s.clusters for s in summaries if s.scored})
    clusters = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}" if counts else "no"
    said = [f"Mean [95 % interval] and scored/all. Intervals: bootstrap over clusters of one model and seed ({clusters} a group)."]
    few = f"{MARK} Fewer than {FEW} clusters: the interval is too narrow to be trusted; with one cluster it is over its values."
    said += [few] if any(s.few_clusters for s in summaries) else []
    bold = "Bold: the best mean of a block; where intervals overlap it may be chance."
    said.append(bold + (f" Controls are no candidates: {', '.join(controls)}." if controls else ""))
    said += [f"Not scored: {_unscored(summaries)}."] if any(s.scored < s.total for s in summaries) else []
    said += remarks(s.metric for s in summaries)
    return said + ([tally.failures() + "."] if tally else [])


def _unscored(summaries: Sequence[Summary]) -> str:
    """By metric, how many values are missing and why, over the whole table."""
    reasons: dict[str, dict[str, int]] = {}
    for s in summaries:
        lacking = reasons.setdefault(s.metric, {"abstained": 0, "failed": 0, "undefined": 0})
        lacking["abstained"] += s.abstained
        lacking["failed"] += s.failed
        lacking["undefined"] += s.undefined
    parts = {m: ", ".join(f"{n} {why}" for why, n in lacking.items() if n) for m, lacking in reasons.items()}
    return "; ".join(f"{metric} {part}" for metric, part in parts.items() if part)
