"""The verb `sensitivity`: how much answers hang on the prompt or on the order of the steps."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.command_line import parser_of, say
from bench.errors import ConfigError
from bench.reports.answers import read_answers
from bench.reports.listing import Listing
from bench.reports.notes import MARK
from bench.reports.sensitivity import Measure
from bench.reports.sensitivity import sensitivity as measured
from bench.reports.statistics import FEW

NOTES = (
    "Mean over units [95 % interval over clusters of one model and seed]. Label flips: pairs of levels that name different "
    "factors. Accuracy: exactly the true factors, over units with an answer or an abstention at every level.",
    "Reversal equivariance: of the units whose answer tells a direction, those whose answer for the reversed strip names the same "
    "factors and the opposite directions.",
)


def sensitivity(arguments: Sequence[str]) -> int:
    """Print the measures of some runs."""
    parser = parser_of("sensitivity", "How much answers for the same units differ between labels of an axis.")
    parser.add_argument("runs", nargs="+", type=Path, help="folders of runs, or explanations.jsonl files")
    parser.add_argument("--axis", default="bias", help="what differs, such as bias or traversal@bias.moves")
    parser.add_argument("--levels", default="", help="only these labels of the axis (comma separated); the first is the reference")
    parser.add_argument("--reversal", help="PLAIN,REVERSED: the labels of the same strips forward and backward")
    given = parser.parse_args(arguments)
    ends = tuple(given.reversal.split(",")) if given.reversal else None
    if ends is not None and len(ends) != 2:
        parser.error(f"--reversal: expected PLAIN,REVERSED, got {given.reversal!r}")
    found = measured(read_answers(given.runs, given.axis), [level for level in given.levels.split(",") if level], ends)
    say(json.dumps([vars(one) for one in found], indent=2) if given.json else listing(found).markdown())
    return 0


def tables(run: Path, asked: Mapping[str, Mapping[str, Any]]) -> str:
    """The measures that a configuration asks for, as a page: a table a name. `asked`: name → `axis`, `levels`, `reversal`.

    One whose axis or levels the run does not have says so in place of its table.
    """
    return "# Sensitivity\n" + "".join(f"\n## {name}\n\n{_table(run, **wanted)}" for name, wanted in asked.items())


def _table(run: Path, axis: str, levels: Sequence[str] = (), reversal: Sequence[str] | None = None) -> str:
    try:
        ends = (str(reversal[0]), str(reversal[1])) if reversal else None
        return listing(measured(read_answers([run], axis), list(levels), ends)).markdown()
    except ConfigError as error:
        return f"Not measured: {error}\n"


def listing(measures: Sequence[Measure]) -> Listing:
    """A line a measure."""
    lines = tuple((m.group, m.name, _number(m.value), _span(m), str(m.units), str(m.clusters)) for m in measures)
    few = any(m.low is not None and m.clusters < FEW for m in measures)
    notes = (*NOTES, f"{MARK} Fewer than {FEW} clusters: do not trust the interval.") if few else NOTES
    return Listing(("explainer", "measure", "value", "95 %", "units", "clusters"), lines, notes, 2)


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"


def _span(measure: Measure) -> str:
    if measure.low is None or measure.high is None:
        return ""
    return f"[{measure.low:.3f}, {measure.high:.3f}]{MARK if measure.clusters < FEW else ''}"
