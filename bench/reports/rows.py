"""`rows.jsonl` and `explanations.jsonl`: what a run leaves behind, one canonical JSON object a line.

Lines are in the order given, keys are sorted, floats have full precision, and a value that is not finite raises.
"""

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import asdict, fields, replace
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bench.artifacts import ScoreRow, UnitRecord
from bench.canonical import canonical
from bench.errors import DataError
from bench.reports.publish import publish

_FIELDS = frozenset(field.name for field in fields(ScoreRow))


def write_rows(path: Path, rows: Iterable[ScoreRow]) -> None:
    """Write `rows.jsonl`. A value or bound that is not finite raises `DataError` and leaves the file as it was."""
    publish(path, "".join(_line(asdict(row), f"{row.metric} of {row.unit or 'the cell'}") for row in rows))


def read_rows(path: Path) -> list[ScoreRow]:
    """Read what `write_rows` wrote, to the last bit. A damaged line raises `DataError` with its number."""
    return [_row(line, f"{path}, line {number}") for number, line in enumerate(_lines(path), 1)]


def write_explanations(path: Path, records: Iterable[UnitRecord]) -> None:
    """Write `explanations.jsonl`: per cell and unit the truth, the outcome, the answers, the certainty and what was sent."""
    publish(path, "".join(_line(explained(record), f"the explanation of {record.unit.name}") for record in records))


def explained(record: UnitRecord) -> dict[str, Any]:
    """A unit's record as JSON, without its pictures, but with the hashes of what was sent; of maps only how many there are."""
    maps = record.explanation.attention
    said = asdict(replace(record.explanation, attention=None))
    said = {name: value for name, value in said.items() if name not in ("unit", "attention")}
    said |= {"attention": {"pictures": len(maps.index)}} if maps else {}
    truth = None if record.truth is None else {k: v for k, v in asdict(record.truth).items() if k != "unit"}
    condition = record.unit.condition.words if record.unit.condition else None
    return {
        "cell": dict(record.cell),
        "unit": record.unit.name,
        "condition": condition,
        "truth": truth,
        "outcome": record.explanation.outcome,
        "prompt_sha256": None if record.explanation.prompt is None else sha256(record.explanation.prompt.encode()).hexdigest(),
        "explanation": said,
    }


def _line(value: dict[str, Any], about: str) -> str:
    try:
        return canonical(value) + "\n"
    except (ValueError, TypeError) as error:
        raise DataError(f"{about}: expected JSON with finite numbers (undefined is null), got {error}") from error


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"expected score rows at {path}, cannot read them: {error}") from error
    return text.removesuffix("\n").split("\n") if text else []


def _row(line: str, where: str) -> ScoreRow:
    try:
        given = json.loads(line)
        row = _parser()(line)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors(include_input=False))
        raise DataError(f"{where}: expected a score row, got {faults}") from error
    except ValueError as error:
        raise DataError(f"{where}: expected one JSON object, got {error}; the file may be cut short") from error
    if surplus := set(given) - _FIELDS:
        raise DataError(f"{where}: fields {sorted(surplus)} are unknown; those of a score row are {sorted(_FIELDS)}")
    numbers = [row.value, *row.bounds, *(v for v in row.cell.values() if isinstance(v, float))]
    if not all(number is None or math.isfinite(number) for number in numbers):
        raise DataError(f"{where}: a number is not finite; undefined values are null")
    return row


@cache
def _parser() -> Callable[[str], ScoreRow]:
    return partial(TypeAdapter(ScoreRow).validate_json, strict=True)
