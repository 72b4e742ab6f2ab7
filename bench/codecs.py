"""Artifact ↔ files: the only file formats. JSON lines, npz and safetensors; nothing here can run code when it is read."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
from pydantic import TypeAdapter

from bench.artifacts import Explanation, Row, Traversal, Truth, Unit, UnitTraversals
from bench.attention.record import Attention
from bench.canonical import canonical
from bench.interfaces import Weights

T = TypeVar("T")


def save_weights(folder: Path, weights: Weights) -> None:
    """Write `weights.safetensors`; a model without weights leaves an empty folder."""
    from safetensors.numpy import save_file

    if weights:
        save_file({name: np.asarray(value, order="C") for name, value in weights.items()}, folder / "weights.safetensors")


def load_weights(folder: Path) -> Weights:
    """Read what `save_weights` wrote."""
    from safetensors.numpy import load_file

    path = folder / "weights.safetensors"
    return load_file(path) if path.exists() else {}


def save_traversals(folder: Path, units: Sequence[UnitTraversals]) -> None:
    """Write `traversals.npz` (all rows of all traversals, stacked) and `units.json` (how they divide)."""
    every = [traversal for unit in units for traversal in (*unit.shown, *unit.held_out)]
    if every:
        with ZipFile(folder / "traversals.npz", "w", ZIP_DEFLATED) as file:
            _stack(file, "images", [traversal.images for traversal in every])
            _stack(file, "codes", [traversal.codes for traversal in every])
            _stack(file, "references", [traversal.reference[None] for traversal in every])
    index = [{"unit": asdict(u.unit), "shown": _index(u.shown), "held_out": _index(u.held_out)} for u in units]
    _write_json(folder / "units.json", index)


def load_traversals(folder: Path) -> tuple[UnitTraversals, ...]:
    """Read what `save_traversals` wrote."""
    index = json.loads((folder / "units.json").read_text(encoding="utf-8"))
    if not index:
        return ()
    with np.load(folder / "traversals.npz", allow_pickle=False) as arrays:
        reader = _Reader(arrays["images"], arrays["codes"], arrays["references"])
    return tuple(_unit_traversals(entry, reader) for entry in index)


def save_records(folder: Path, name: str, records: Sequence[Truth]) -> None:
    """Write `<name>.jsonl`, one record a line."""
    (folder / f"{name}.jsonl").write_text("".join(canonical(asdict(record)) + "\n" for record in records), encoding="utf-8")


def load_records(folder: Path, name: str, kind: type[T]) -> tuple[T, ...]:
    """Read what `save_records` wrote."""
    lines = (folder / f"{name}.jsonl").read_text(encoding="utf-8").split("\n")  # splitlines() would also split at U+2028
    adapter = _adapter(kind)  # type: ignore[arg-type]
    return tuple(adapter.validate_json(line) for line in lines if line)


def save_explanations(folder: Path, explanations: Sequence[Explanation]) -> None:
    """Write `explanations.jsonl`, and `attention.npz` where there are maps; maps that several units share are written once.

    `images` is left out where none were sent, as in records written before there was such a field.
    """
    plain = [asdict(replace(explanation, attention=None)) for explanation in explanations]
    lines = [
        {name: value for name, value in record.items() if name != "attention" and (name, value) != ("images", ())}
        for record in plain
    ]
    maps = list({id(e.attention): e.attention for e in explanations if e.attention is not None}.values())
    for line, explanation in zip(lines, explanations, strict=True):
        if explanation.attention is not None:
            line["attention"] = next(i for i, one in enumerate(maps) if one is explanation.attention)
    (folder / "explanations.jsonl").write_text("".join(canonical(line) + "\n" for line in lines), encoding="utf-8")
    if maps:
        arrays = {f"{i} {name}": value for i, one in enumerate(maps) for name, value in vars(one).items() if value is not None}
        np.savez_compressed(folder / "attention.npz", **arrays)


def load_explanations(folder: Path) -> tuple[Explanation, ...]:
    """Read what `save_explanations` wrote."""
    lines = (folder / "explanations.jsonl").read_text(encoding="utf-8").split("\n")
    records = [json.loads(line) for line in lines if line]
    shown = [record.pop("attention", None) for record in records]
    maps = _attention(folder) if any(which is not None for which in shown) else {}
    said = [_adapter(Explanation).validate_python(record) for record in records]
    return tuple(e if which is None else replace(e, attention=maps[which]) for e, which in zip(said, shown, strict=True))


def save_scores(folder: Path, scores: Sequence[float | None]) -> None:
    """Write `scores.json`: one value per unit, or a single value for the cell; `null` where undefined."""
    _write_json(folder / "scores.json", list(scores))


def load_scores(folder: Path) -> tuple[float | None, ...]:
    """Read what `save_scores` wrote."""
    return tuple(json.loads((folder / "scores.json").read_text(encoding="utf-8")))


def _attention(folder: Path) -> dict[int, Attention]:
    found: dict[int, dict[str, Any]] = {}
    with np.load(folder / "attention.npz", allow_pickle=False) as arrays:
        for key in arrays.files:
            which, name = key.split(" ")
            found.setdefault(int(which), {})[name] = arrays[key]
    return {which: Attention(**parts) for which, parts in found.items()}


def _stack(file: ZipFile, name: str, parts: Sequence[np.ndarray]) -> None:
    """Write arrays one after another as a single one, without a copy of them all in memory."""
    first, rows = parts[0], sum(len(part) for part in parts)
    described = {"descr": np.lib.format.dtype_to_descr(first.dtype), "fortran_order": False, "shape": (rows, *first.shape[1:])}
    with file.open(f"{name}.npy", "w", force_zip64=True) as member:
        np.lib.format.write_array_header_1_0(member, described)
        for part in parts:
            if part.dtype != first.dtype or part.shape[1:] != first.shape[1:]:
                raise ValueError(f"{name}: expected {first.dtype} of {first.shape[1:]}, got {part.dtype} of {part.shape[1:]}")
            member.write(np.ascontiguousarray(part).data)


class _Reader:
    """Deals rows and references out in the order in which they were stacked."""

    def __init__(self, images: Any, codes: Any, references: Any) -> None:
        self.images, self.codes, self.references = images, codes, references
        self.row, self.traversal = 0, 0

    def take(self, unit: Unit, entry: Any) -> Traversal:
        rows = tuple(_adapter(Row).validate_python(row) for row in entry["rows"])
        span = slice(self.row, self.row + len(rows))
        self.row, self.traversal = span.stop, self.traversal + 1
        reference = self.references[self.traversal - 1]
        return Traversal(unit, entry["anchor"], reference, self.codes[span], self.images[span], rows)


def _unit_traversals(entry: Any, reader: _Reader) -> UnitTraversals:
    unit = _adapter(Unit).validate_python(entry["unit"])
    shown, held_out = (tuple(reader.take(unit, item) for item in entry[part]) for part in ("shown", "held_out"))
    return UnitTraversals(unit, shown, held_out)


def _index(traversals: Sequence[Traversal]) -> list[dict[str, Any]]:
    return [{"anchor": t.anchor, "rows": [asdict(row) for row in t.rows]} for t in traversals]


def _write_json(path: Path, value: Any) -> None:
    path.write_text(canonical(value) + "\n", encoding="utf-8")


@cache
def _adapter(kind: Any) -> Any:
    return TypeAdapter(kind)
