"""The page of one or more runs, from their rows, their records and what `run.json` says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bench.artifacts import ScoreRow, UnitRecord
from bench.errors import DataError
from bench.reports.figures.axes import REPEATS, lines_of
from bench.reports.page import render
from bench.reports.sensitivity import DEFAULT
from bench.reports.statistics import Label, summarise

FIRST = ("dataset", "model", "bias", "explainer")


def report(
    rows: Sequence[ScoreRow], records: Sequence[UnitRecord], facts: Sequence[Mapping[str, Any]], title: str | None = None
) -> str:
    """The page. `facts` are the `run.json` of each run. A cell that several runs share must be the same in all of them."""
    cells = [*(row.cell for row in rows), *(record.cell for record in records)]
    axes = sorted({axis for cell in cells for axis in cell}, key=_place)
    rows, records = _merged(rows, axes), _of_cells(records, axes)
    controls = list(dict.fromkeys(name for run in facts for name in run["config"]["controls"]))
    return render(summarise(rows, lines_of(rows)) if rows else [], rows, records, about(facts, title), controls)


def about(facts: Sequence[Mapping[str, Any]], title: str | None = None) -> dict[str, str]:
    """How the runs were made: name, command, cells, stages, chat calls with their price, and time."""
    names = list(dict.fromkeys(str(run["config"]["name"]) for run in facts))
    chat = {f"chat: {model}": _usage(used) for run in facts for model, used in run["chat"].items()}
    seconds = sum(run["seconds"] for run in facts)
    ran, cached = (sum(sum(run["stages"][kind].values()) for run in facts) for kind in ("run", "cached"))
    return {
        "title": title or ", ".join(names),
        "command": " ; ".join(dict.fromkeys(run["command"] for run in facts)),
        "cells": str(sum(len(run["cells"]) for run in facts)),
        "stages": f"{ran:,} run, {cached:,} taken from the store, in {seconds:,.0f} s",
        **chat,
    }


def _usage(used: Mapping[str, Any]) -> str:
    price = "price unknown" if used["cost"] is None else f"${used['cost']:.4f}"
    tokens = f"{used['prompt_tokens']:,} tokens sent and {used['completion_tokens']:,} received"
    failed = f", {sum(used['failures'].values()):,} failed" if used["failures"] else ""
    return f"{used['misses']:,} calls sent{failed}, {used['hits'] + used['merged']:,} remembered; {tokens}; {price}"


def _merged(rows: Sequence[ScoreRow], axes: Sequence[str]) -> list[ScoreRow]:
    """The rows with all axes in every cell, each once. `DataError` where two runs give one thing two values."""
    found: dict[object, ScoreRow] = {}
    for row in rows:
        levelled = replace(row, cell=_level(row.cell, axes))
        key = (*levelled.cell.items(), row.unit, row.metric)
        if found.setdefault(key, levelled).value != row.value:
            raise DataError(
                f"{row.metric} of {row.unit or 'the cell'} in {dict(row.cell)} has the values {found[key].value} and {row.value}; "
                "these runs differ in something that their cells do not name: report on them apart"
            )
    return list(found.values())


def _of_cells(records: Sequence[UnitRecord], axes: Sequence[str]) -> list[UnitRecord]:
    found: dict[object, UnitRecord] = {}
    for record in records:
        levelled = replace(record, cell=_level(record.cell, axes))
        found.setdefault((*levelled.cell.items(), record.unit.name), levelled)
    return list(found.values())


def _place(axis: str) -> tuple[int, str]:
    """The usual axes first, then others by name, then what repeats a cell: the same order for a run as for its files."""
    return (FIRST.index(axis) if axis in FIRST else len(FIRST) + (axis in REPEATS), axis)


def _level(cell: Mapping[str, Label], axes: Sequence[str]) -> dict[str, Label]:
    """The cell with every axis: a run that does not mention one has what is the default there."""
    return {axis: cell.get(axis, DEFAULT) for axis in axes}
