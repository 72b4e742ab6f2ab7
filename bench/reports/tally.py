"""How units ended, and of what they failed: the counts that stand beside every score."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.artifacts import Explanation, UnitRecord


@dataclass(frozen=True)
class Tally:
    """Units by outcome; `kinds` divides the failed ones by the kind of failure."""

    answered: int
    abstained: int
    failed: int
    kinds: Mapping[str, int]

    @property
    def total(self) -> int:
        """All units of all cells."""
        return self.answered + self.abstained + self.failed

    def failures(self) -> str:
        """The sentence of a footer: "3 of 120 units failed (timed_out 2, refused 1)"."""
        if not self.failed:
            return f"none of {self.total:,} units failed"
        kinds = ", ".join(f"{kind} {count}" for kind, count in self.kinds.items())
        return f"{self.failed:,} of {self.total:,} units failed ({kinds})"


def tally(records: Sequence[UnitRecord]) -> Tally:
    """Count the units of all records; the three counts add up."""
    explanations = [record.explanation for record in records]
    kinds = Counter(e.failure for e in explanations if e.failure is not None)
    counts = outcomes(explanations)
    assert sum(kinds.values()) == counts["failed"]
    return Tally(**counts, kinds=dict(kinds.most_common()))


def outcomes(explanations: Sequence[Explanation]) -> dict[str, int]:
    """Count how units ended; the three counts add up to the number of explanations."""
    counts = {"answered": 0, "abstained": 0, "failed": 0}
    for explanation in explanations:
        counts[explanation.outcome] += 1
    return counts
