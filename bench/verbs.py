"""Verbs that are not runs: what would run, tables from rows, why an answer was not remembered, and whether the machine is fit."""

import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.command_line import listed, parser_of, say
from bench.reports.controls import SPEAKING

OWN_MODULE = {  # verbs with a module of their own: the function that takes their arguments
    "submit": "bench.leaderboards.commands",
    "verify": "bench.leaderboards.commands",
    "leaderboard": "bench.leaderboards.commands",
    "gauntlet": "bench.gauntlet.commands",
    "docs": "bench.docs.commands",
    "sensitivity": "bench.reports.sensitivity_table",
    "annotate": "bench.annotation.commands",
    "report": "bench.report_verb",
    "published": "bench.published_verb",
    "disentanglement": "bench.disentanglement_verb",
}


def verb(name: str, arguments: Sequence[str]) -> int:
    """Run one verb and return its exit code."""
    if name in OWN_MODULE:
        return int(getattr(importlib.import_module(OWN_MODULE[name]), name)(arguments))
    return {
        "plan": _plan,
        "table": _table,
        "compare": _compare,
        "cache": _cache,
        "doctor": _doctor,
        "freeze": _freeze,
        "truth": _truth,
    }[name](arguments)


def _plan(arguments: Sequence[str]) -> int:
    parser = parser_of("plan", "What these overrides would run: cells, stages, chat calls, price and time. Nothing is run or sent.")
    parser.add_argument("overrides", nargs="*", help="as for a run: +experiment=NAME, group=option, group.key=value")
    given = parser.parse_args(arguments)
    from bench.compose import composer
    from bench.estimate import estimate
    from bench.session import prepare

    with composer(given.overrides or ["+experiment=quickstart"]) as (overrides, axes):
        stages, planned, described = prepare(overrides, axes)
        forecast = estimate(planned, stages, described[0].config["until"])
    say(json.dumps(forecast.facts(), indent=2) if given.json else forecast.text())
    return 0


def _table(arguments: Sequence[str]) -> int:
    from bench.reports.formats import FORMATS, gather, table_text

    parser = parser_of("table", "A table of score rows, from one or more runs.")
    parser.add_argument("rows", nargs="+", type=Path, help="rows.jsonl files, or folders of runs")
    parser.add_argument("--by", default="model,bias,explainer", help="axes of the cells that make the lines (comma separated)")
    parser.add_argument("--status", default="", help="only units whose truth has one of these statuses (comma separated)")
    parser.add_argument("--metric", default="", help="only these metrics (comma separated)")
    parser.add_argument("--control", default=",".join(SPEAKING), help="explainers that are no candidates for the best")
    parser.add_argument("--format", default="terminal", choices=sorted(FORMATS))
    given = parser.parse_args(arguments)
    rows = gather(given.rows, listed(given.metric))
    form = "json" if given.json else given.format
    say(table_text(rows, listed(given.by), listed(given.status), listed(given.control), form))
    return 0


def _compare(arguments: Sequence[str]) -> int:
    parser = parser_of("compare", "Pairs of explainers, or of labels of another axis, on the same units: difference, interval, p.")
    parser.add_argument("rows", nargs="+", type=Path, help="rows.jsonl files, or folders of runs")
    parser.add_argument("--axis", default="explainer", help="the axis whose labels are compared")
    parser.add_argument("--against", help="compare all labels with this one alone")
    parser.add_argument("--within", default="", help="axes whose labels are compared apart (comma separated)")
    parser.add_argument("--metric", default="", help="only these metrics (comma separated)")
    given = parser.parse_args(arguments)
    from bench.reports.compared import comparison_table
    from bench.reports.comparison import compare
    from bench.reports.formats import gather

    rows = gather(given.rows, listed(given.metric))
    found = compare(rows, listed(given.metric), given.axis, against=given.against, within=listed(given.within))
    say(json.dumps([vars(one) for one in found], indent=2) if given.json else comparison_table(found).markdown())
    return 0


def _cache(arguments: Sequence[str]) -> int:
    parser = parser_of("cache", "Why a chat request was not remembered: the nearest stored one and what differs.")
    parser.add_argument("action", choices=["explain"])
    parser.add_argument("request", type=Path, help="a JSON file with the request, or - for standard input")
    parser.add_argument("--answers", type=Path, default=Path("answers"), help="the folder of remembered answers")
    given = parser.parse_args(arguments)
    from bench.clients.nearest import explain

    text = sys.stdin.read() if str(given.request) == "-" else given.request.read_text(encoding="utf-8")
    say(explain(given.answers, text))
    return 0


def _doctor(arguments: Sequence[str]) -> int:
    given = parser_of("doctor", "Whether this machine has what a run needs.").parse_args(arguments)
    from bench.doctor import examine

    findings = examine()
    lines = [f"{'ok ' if finding.fine else 'BAD'}  {finding.subject}: {finding.found}" for finding in findings]
    say(json.dumps([vars(finding) for finding in findings], indent=2) if given.json else "\n".join(lines))
    return 0 if all(finding.fine for finding in findings) else 2


def _freeze(arguments: Sequence[str]) -> int:
    parser = parser_of("freeze", "Train one model (or take it from the store), label it, and write it as a baseline with its card.")
    parser.add_argument("overrides", nargs="+", help="as for a run: dataset=NAME model=NAME seed=N group.key=value")
    parser.add_argument("--name", help="of the baseline; <dataset>_<model>_s<seed> unless given")
    parser.add_argument("--to", type=Path, default=Path(), help="the folder that has baselines/ and conf/, such as a clone")
    given = parser.parse_args(arguments)
    from bench.freeze import freeze

    paths = [str(path) for path in freeze(given.overrides, given.to, given.name)]
    say(json.dumps(paths, indent=2) if given.json else "\n".join(paths))
    return 0


def _truth(arguments: Sequence[str]) -> int:
    from bench.disentanglement.dci import BACKENDS

    parser = parser_of("truth", "What each unit of a model means, and how disentangled its codes are: tables, and files of them.")
    parser.add_argument("overrides", nargs="+", help="as for a run: model=NAME dataset=NAME group.key=value")
    parser.add_argument("--to", type=Path, help="the folder for the files; one below outputs/ unless given")
    parser.add_argument("--dci", default=BACKENDS[0], choices=BACKENDS, help="where DCI has importances from")
    given = parser.parse_args(arguments)
    from bench.truth_verb import labelled, told

    say(told(labelled(given.overrides, given.to, given.dci), given.json))
    return 0
