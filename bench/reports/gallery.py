"""The units of a run, each with its pictures, its truth and what every explainer said of it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jaxtyping import UInt8
from numpy import ndarray

from bench.artifacts import Effect, Explanation, ScoreRow, UnitRecord
from bench.reports.maps import looked_at

PLACE = ("dataset", "model", "seed")  # the axes that decide which unit it is; the others say who explains it, and how

Labels = Mapping[str, str | int | float]


@dataclass(frozen=True)
class Answer:
    """What one explainer said of a unit under one setting, what it looked at, and its scores, `None` where undefined."""

    labels: Labels
    control: bool
    said: Explanation
    looked: UInt8[ndarray, "tall wide channels"] | None
    scores: Sequence[tuple[str, float | None]]

    @property
    def others(self) -> tuple[str, ...]:
        """The drawn answers, when there is more than the text itself."""
        return () if set(self.said.answers) <= {self.said.text} else self.said.answers


@dataclass(frozen=True)
class Card:
    """One unit of one model and seed, moved in one way. `picture` names its strip, `evidence` is what decided its truth."""

    labels: Labels
    unit: str
    condition: str | None
    status: str | None
    effects: tuple[Effect, ...]
    source: str | None
    evidence: Mapping[str, float]
    picture: str
    shape: tuple[int, ...]
    answers: list[Answer] = field(default_factory=list)


def cards(records: Sequence[UnitRecord], rows: Sequence[ScoreRow], controls: Sequence[str]) -> list[Card]:
    """One card per unit and strip, in order of appearance; explanations of the same pictures stand on one card."""
    scores = _scores(rows)
    found: dict[tuple[object, ...], Card] = {}
    for record in records:
        card = _card(record)
        key = (*sorted(card.labels.items()), card.unit, card.condition, card.status, card.effects, card.picture)
        found.setdefault(key, card).answers.append(_answer(record, scores.get(_key(record.cell, record.unit.name), []), controls))
    return list(found.values())


def picture(record: UnitRecord) -> str:
    """A name for the content of a strip: equal pictures have equal names."""
    return "p" + hashlib.sha256(repr(record.strip.shape).encode() + record.strip.tobytes()).hexdigest()[:16]


def _card(record: UnitRecord) -> Card:
    return Card(
        labels={axis: label for axis, label in record.cell.items() if axis in PLACE},
        unit=record.unit.name,
        condition=record.unit.condition.words if record.unit.condition else None,
        status=record.truth.status if record.truth else None,
        effects=record.truth.effects if record.truth else (),
        source=record.truth.source if record.truth else None,
        evidence=record.truth.evidence if record.truth else {},
        picture=picture(record),
        shape=record.strip.shape,
    )


def _answer(record: UnitRecord, scores: Sequence[tuple[str, float | None]], controls: Sequence[str]) -> Answer:
    labels = {axis: label for axis, label in record.cell.items() if axis not in PLACE}
    first = {"explainer": labels["explainer"]} if "explainer" in labels else {}
    return Answer(first | labels, labels.get("explainer") in controls, record.explanation, looked_at(record), scores)


def _scores(rows: Sequence[ScoreRow]) -> dict[tuple[object, ...], list[tuple[str, float | None]]]:
    scores: dict[tuple[object, ...], list[tuple[str, float | None]]] = {}
    for row in rows:
        if row.unit is not None:
            scores.setdefault(_key(row.cell, row.unit), []).append((row.metric, row.value))
    return scores


def _key(cell: Labels, unit: str) -> tuple[object, ...]:
    return (*sorted(cell.items()), unit)
