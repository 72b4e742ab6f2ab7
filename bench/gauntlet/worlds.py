"""Models or pictures of which everything is known, and what each control says of them: the questions of the gauntlet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bench.artifacts import Case, Explanation, Truth, UnitTraversals
from bench.interfaces import Dataset, GenerativeModel

ASTRAY = "random_direction"  # the control that is the oracle beside strips of something else


@dataclass(frozen=True)
class World:
    """The active units of one model. `said` has what each control says, one explanation a unit, by the name of the control.

    `astray` are the strips of the same units along random directions.
    """

    name: str
    model: GenerativeModel
    dataset: Dataset
    units: tuple[UnitTraversals, ...]
    truths: tuple[Truth | None, ...]
    said: Mapping[str, tuple[Explanation, ...]]
    astray: tuple[UnitTraversals, ...]

    @property
    def controls(self) -> tuple[str, ...]:
        """All of them, the strips along random directions last."""
        return (*self.said, ASTRAY)

    def cases(self, control: str) -> list[Case]:
        """What a metric judges for one control: every unit. Where the control has nothing to say, it says what the oracle does."""
        strips = self.astray if control == ASTRAY else self.units
        said = [
            own if own.outcome == "answered" else true for own, true in zip(self._said(control), self.said["oracle"], strict=True)
        ]
        return [Case(*about, self.dataset.vocabulary) for about in zip(strips, self.truths, said, strict=True)]

    def answered(self, control: str) -> list[bool]:
        """For each unit whether the control has an answer of its own."""
        return [explanation.outcome == "answered" for explanation in self._said(control)]

    def _said(self, control: str) -> tuple[Explanation, ...]:
        return self.said["oracle" if control == ASTRAY else control]


def active(
    units: Sequence[UnitTraversals], truths: Sequence[Truth], astray: Sequence[UnitTraversals]
) -> tuple[tuple[UnitTraversals, ...], tuple[Truth, ...], tuple[UnitTraversals, ...]]:
    """Only the units that change something and whose truth is not ambiguous."""
    known = {truth.unit: truth for truth in truths if truth.effects and truth.status != "ambiguous"}
    kept = [i for i, unit in enumerate(units) if unit.unit.name in known]
    mine = tuple(units[i] for i in kept)
    return mine, tuple(known[unit.unit.name] for unit in mine), tuple(astray[i] for i in kept)


def dealt(answers: Sequence[Explanation], truths: Sequence[Truth]) -> tuple[Explanation, ...]:
    """What an explainer said of units of another model, dealt in turn to these; abstentions only where it has no answers."""
    told = [answer for answer in answers if answer.text is not None] or list(answers)
    return tuple(replace(told[i % len(told)], unit=truth.unit) for i, truth in enumerate(truths))
