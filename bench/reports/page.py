"""The report of a run as one HTML file that opens from the disk: an overview with intervals, and a gallery of all units.

It asks nothing of any server, and its policy forbids it to: the only style and script that run are those whose hashes it names.
Every text goes through autoescaping; a text of a model can be read and cannot act.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.artifacts import ScoreRow, UnitRecord
from bench.reports.gallery import cards, picture
from bench.reports.printable import printable
from bench.reports.statistics import Summary
from bench.reports.strips import png, tiled
from bench.reports.tables import Entry, tabulate
from bench.reports.tally import tally

_FOLDER = Path(__file__).parent


def render(
    summaries: Sequence[Summary],
    rows: Sequence[ScoreRow],
    records: Sequence[UnitRecord],
    meta: Mapping[str, str],
    controls: Sequence[str] = (),
) -> str:
    """The page. `meta` says how the run was made; its `title` is the headline. Equal arguments give equal bytes."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    setting = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    setting.filters |= {"printable": printable, "paragraphs": paragraphs, "whisker": whisker}
    style, script = _source("page.css") + _pictures(records), _source("page.js")
    counts = tally(records)
    return setting.get_template("page.html.j2").render(
        title=meta.get("title", "Explanations of latent variables"),
        style=style,
        script=script,
        policy=policy(style, script),
        table=tabulate(summaries, controls, counts),
        cards=cards(records, rows, controls),
        counts=counts,
        axes=_axes(records),
        meta={name: value for name, value in meta.items() if name != "title"} | _provenance(rows),
    )


def policy(style: str, script: str) -> str:
    """A content security policy under which nothing is loaded, sent or run but this style and this script."""
    return (
        f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def paragraphs(text: str) -> str:
    """`text` line by line, each made safe to print."""
    return "\n".join(printable(line) for line in text.splitlines())


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


def _pictures(records: Sequence[UnitRecord]) -> str:
    """One rule of style per distinct strip, so that each picture is stored once."""
    sheets = {picture(record): record.strip for record in records}
    rules = []
    for name, strip in sheets.items():
        sheet = tiled(strip)
        tall, wide, _ = sheet.shape
        code = base64.b64encode(png(sheet)).decode()
        rules.append(f".{name}{{aspect-ratio:{wide}/{tall};background-image:url(data:image/png;base64,{code})}}\n")
    return "".join(rules)


def _axes(records: Sequence[UnitRecord]) -> dict[str, list[str]]:
    """The labels of every axis, and the statuses and outcomes, in order of appearance."""
    found: dict[str, dict[str, None]] = {}
    for record in records:
        ended = {"status": record.truth.status if record.truth else "unknown", "outcome": record.explanation.outcome}
        for axis, label in {**record.cell, **ended}.items():
            found.setdefault(axis, {})[str(label)] = None
    return {axis: list(labels) for axis, labels in found.items()}


def _provenance(rows: Sequence[ScoreRow]) -> dict[str, str]:
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        for name, value in row.provenance.items():
            found.setdefault(name, {})[value] = None
    return {name: ", ".join(values) for name, values in found.items()}


def _source(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
