"""The verb `report`: the page of one or more finished runs."""

import json
from collections.abc import Sequence
from pathlib import Path

from bench.command_line import parser_of, say


def report(arguments: Sequence[str]) -> int:
    """Write the page and say where it is."""
    parser = parser_of("report", "One HTML page of one or more runs: overview, figures, and a gallery of all units.")
    parser.add_argument("runs", nargs="+", type=Path, help="folders of runs, outputs/<date>/<time>, or of a multirun")
    parser.add_argument("--to", type=Path, help="the page; report.html in the folder of the run, or here for several runs")
    parser.add_argument("--title", help="the headline; the names of the runs unless given")
    parser.add_argument("--store", type=Path, help="the store of the runs, unless it is where they left it")
    given = parser.parse_args(arguments)
    from bench.past_runs import past_runs
    from bench.reports.publish import publish
    from bench.reports.report import report as page

    runs = past_runs(given.runs, given.store)
    rows, records = [row for run in runs for row in run.rows], [record for run in runs for record in run.records]
    path = given.to or (given.runs[0] if len(given.runs) == 1 else Path()) / "report.html"
    publish(path, page(rows, records, [run.facts for run in runs], given.title))
    facts = {"path": str(path), "runs": len(runs), "explanations": len(records), "bytes": path.stat().st_size}
    say(json.dumps(facts) if given.json else str(path))
    return 0
