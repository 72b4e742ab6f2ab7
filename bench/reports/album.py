"""The gallery as JSON that the script of the page reads: texts and pictures stand in it once, and are named by their place."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from jaxtyping import UInt8
from numpy import ndarray

from bench.artifacts import ScoreRow, UnitRecord
from bench.reports.gallery import Answer, Card, cards, picture
from bench.reports.maps import heat
from bench.reports.printable import printable
from bench.reports.strips import png, tiled

DIGITS = 4  # of the numbers that decided about a truth


class _Shelf:
    """Things that are kept once and named by their place."""

    def __init__(self) -> None:
        self.places: dict[object, int] = {}
        self.kept: list[Any] = []

    def place(self, name: object, made: Any) -> int:
        if name not in self.places:
            self.places[name] = len(self.kept)
            self.kept.append(made)
        return self.places[name]


def album(records: Sequence[UnitRecord], rows: Sequence[ScoreRow], controls: Sequence[str]) -> dict[str, Any]:
    """Metrics, texts, sheets (width, height, PNG in base 64) and cards. Every text is printable."""
    texts, sheets, metrics, names = _Shelf(), _Shelf(), _metrics(rows), set[str]()
    order = {name: i for i, name in enumerate(metrics)}
    strips = {picture(record): record.strip for record in records}
    shown = []
    for card in cards(records, rows, controls):
        answers = [_answer(answer, order, texts, sheets) for answer in card.answers]
        shown.append(_card(card, names, _sheet(sheets, card.picture, tiled(strips[card.picture]))) | {"answers": answers})
    return {"metrics": [metrics[name] for name in order], "texts": texts.kept, "sheets": sheets.kept, "cards": shown}


def embedded(value: Mapping[str, Any]) -> str:
    """JSON that can stand inside a script element: nothing in it can end the element or open another one."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", text)


def _card(card: Card, names: set[str], sheet: int) -> dict[str, Any]:
    return {
        "id": _name(card, names),
        "unit": printable(card.unit),
        "labels": _labels(card.labels),
        "condition": printable(card.condition) if card.condition else None,
        "status": card.status or "unknown",
        "source": card.source,
        "effects": [[printable(effect.factor), effect.sign, round(effect.share, DIGITS)] for effect in card.effects],
        "evidence": [[printable(name), float(f"{value:.{DIGITS}g}")] for name, value in sorted(card.evidence.items())],
        "sheet": sheet,
        "shape": list(card.shape[:2]),
    }


def _answer(answer: Answer, order: Mapping[str, int], texts: _Shelf, sheets: _Shelf) -> dict[str, Any]:
    said, maps, looked = answer.said, heat(answer.said), answer.looked

    def text(words: str | None, lines: bool = False) -> int | None:
        shown = None if words is None else _paragraphs(words) if lines else printable(words)
        return None if shown is None else texts.place(shown, shown)

    return {
        "labels": _labels(answer.labels),
        "control": answer.control,
        "outcome": said.outcome,
        "text": text(said.text),
        "failure": printable(said.failure) if said.failure else None,
        "certainty": said.certainty,
        "scores": [[order[metric], value] for metric, value in answer.scores],
        "drawn": [text(other) for other in answer.others],
        "prompt": text(said.prompt, lines=True) if said.prompt else None,
        "usage": [[printable(name), value] for name, value in sorted(said.usage.items())],
        "map": None if maps is None else _sheet(sheets, maps.tobytes(), maps),
        "looked": None if looked is None else _sheet(sheets, looked.tobytes(), looked),
    }


def _metrics(rows: Sequence[ScoreRow]) -> dict[str, list[Any]]:
    """The metrics that judge units: name, which way is better, bounds."""
    return {row.metric: [printable(row.metric), row.higher_is_better, *row.bounds] for row in rows if row.unit is not None}


def _sheet(sheets: _Shelf, name: object, sheet: UInt8[ndarray, "tall wide channels"]) -> int:
    if name in sheets.places:
        return sheets.places[name]
    tall, wide, _ = sheet.shape
    return sheets.place(name, [wide, tall, base64.b64encode(png(sheet)).decode()])


def _name(card: Card, names: set[str]) -> str:
    """The name by which a link finds a unit; a second strip of the same unit gets a number."""
    parts = [*map(str, card.labels.values()), card.unit]
    first = "/".join(re.sub(r"[^\w.-]+", "-", printable(part)) or "-" for part in parts)
    name = next(n for i in range(1, len(names) + 2) if (n := first if i == 1 else f"{first}~{i}") not in names)
    names.add(name)
    return name


def _labels(labels: Mapping[str, object]) -> list[list[str]]:
    return [[printable(axis), printable(str(label))] for axis, label in labels.items()]


def _paragraphs(text: str) -> str:
    return "\n".join(printable(line) for line in text.splitlines())
