"""The report of runs as one HTML file that opens from the disk: an overview with intervals, figures, and a gallery of all units.

It asks nothing of any server, and its policy forbids it to: the only style and script that run are those whose hashes it names.
Texts go through autoescaping, or stand in JSON that the script shows as text; a text of a model can be read and cannot act.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from markupsafe import Markup

from bench.artifacts import ScoreRow, UnitRecord
from bench.reports.album import album, embedded
from bench.reports.figures.drawn import figures
from bench.reports.figures.svg import mark
from bench.reports.printable import printable
from bench.reports.statistics import Summary
from bench.reports.tables import Entry, Table, tabulate
from bench.reports.tally import tally

STYLES = ("page.css", "figures/figures.css", "gallery.css")
SCRIPTS = ("page.js", "card.js", "gallery.js")
FEW = 8  # labels of an axis that stand side by side; more of them make a menu
_FOLDER = Path(__file__).parent


def render(
    summaries: Sequence[Summary],
    rows: Sequence[ScoreRow],
    records: Sequence[UnitRecord],
    meta: Mapping[str, str],
    controls: Sequence[str] = (),
) -> str:
    """The page. `meta` says how the runs were made; its `title` is the headline. Equal arguments give equal bytes."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    setting = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    setting.filters |= {
        "printable": printable,
        "whisker": whisker,
        "breakable": breakable,
        "embedded": embedded,
        "sign": lambda i: mark(i, 7.0, 7.0),
    }
    style, script = (_sources(names) for names in (STYLES, SCRIPTS))
    counts = tally(records)
    table = tabulate(summaries, controls, counts)
    return setting.get_template("page.html.j2").render(
        title=meta.get("title", "Explanations of latent variables"),
        style=style,
        script=script,
        policy=policy(style, script),
        table=table,
        lines=_labels(table),
        figures=figures(rows, records, controls),
        album=album(records, rows, controls),
        counts=counts,
        facets=_facets(records),
        few=FEW,
        meta={name: value for name, value in meta.items() if name != "title"} | _provenance(rows),
    )


def policy(style: str, script: str) -> str:
    """A content security policy under which nothing is loaded, sent or run but this style and this script."""
    return (
        f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def whisker(entry: Entry) -> dict[str, float] | None:
    """Where mean and interval lie between the bounds of the metric, in percent."""
    summary = entry.summary
    if summary.mean is None:
        return None
    floor, ceiling = summary.bounds
    low, high = (summary.mean if end is None else end for end in (summary.low, summary.high))
    return {
        name: round(100 * min(1.0, max(0.0, (value - floor) / (ceiling - floor))), 2)
        for name, value in (("low", low), ("mean", summary.mean), ("high", high))
    }


def breakable(name: str) -> Markup:
    """A name that may be broken after its underscores."""
    return Markup("_<wbr>").join(name.split("_"))


def _labels(table: Table) -> dict[str, list[str]]:
    """The labels of every axis of the table, in order of appearance."""
    return {axis: list(dict.fromkeys(line.labels[i] for line in table.lines)) for i, axis in enumerate(table.axes)}


def _facets(records: Sequence[UnitRecord]) -> dict[str, list[str]]:
    """What units can be filtered by, with its labels in order of appearance: axes, status, outcome, true factor, unit."""
    found: dict[str, dict[str, None]] = {}
    for record in records:
        ended = {"status": record.truth.status if record.truth else "unknown", "outcome": record.explanation.outcome}
        for axis, label in {**record.cell, **ended}.items():
            found.setdefault(axis, {})[str(label)] = None
        for factor in sorted(record.truth.factors) if record.truth else ():
            found.setdefault("factor", {})[factor] = None
        found.setdefault("unit", {})[record.unit.name] = None
    return {axis: list(labels) for axis, labels in found.items()}


def _provenance(rows: Sequence[ScoreRow]) -> dict[str, str]:
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        for name, value in row.provenance.items():
            found.setdefault(name, {})[value] = None
    return {name: ", ".join(found[name]) for name in sorted(found)}


def _sources(names: Sequence[str]) -> str:
    return "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
