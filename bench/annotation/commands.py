"""The verb `annotate`: a page on which people explain units, the import of their answers, and how far they agree."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.command_line import listed, parser_of, say

PAGE = Path("annotate.html")
METRICS = "rouge_l,chrf,set_f1,exact_set,sign_accuracy"


def annotate(arguments: Sequence[str]) -> int:
    """Write a page, or do what the first argument names."""
    actions = {"import": _import, "agreement": _agreement}
    first, rest = (arguments[0], arguments[1:]) if arguments else ("", ())
    return actions[first](rest) if first in actions else _page(arguments)


def _page(arguments: Sequence[str]) -> int:
    parser = parser_of(
        "annotate",
        "A page on which people explain the units of runs, blind to truth and explainer. `annotate import` takes their answers "
        "back, `annotate agreement` says how far they agree; each has its own --help.",
    )
    parser.add_argument("runs", nargs="+", type=Path, help="folders of runs, outputs/<date>/<time>")
    parser.add_argument("--raters", type=int, default=1, help="how many orders of the units to draw, one a rater")
    parser.add_argument("--seed", type=int, default=0, help="what orders and samples are drawn from")
    parser.add_argument("--units", type=int, help="at most so many units, drawn from all (all unless given)")
    parser.add_argument("--strips", type=int, default=4, help="at most so many strips of a unit, of other reference codes each")
    parser.add_argument("--texts", type=int, default=0, help="have at most so many explanations of a unit rated from 1 to 5")
    parser.add_argument("--title", default="What changes in these pictures?", help="the headline of the page")
    parser.add_argument("--store", type=Path, help="the store of the runs, unless it is where they left it")
    parser.add_argument("--to", type=Path, default=PAGE, help="the page; annotate.html unless given")
    given = parser.parse_args(arguments)
    from bench.annotation.asking import Amount, ask
    from bench.annotation.page import render
    from bench.annotation.runs import read_runs
    from bench.reports.publish import publish

    amount = Amount(given.raters, given.units, given.strips, given.texts)
    task = ask(read_runs(given.runs, given.store), amount, given.seed, given.title)
    publish(given.to, render(task))
    texts = sum(len(item.said) for item in task.items)
    facts = {"path": str(given.to), "page": task.fingerprint, "units": len(task.items), "texts": texts, "raters": given.raters}
    told = f"{given.to}: {len(task.items)} units, {texts} texts to rate, {given.raters} orders; page {task.fingerprint}"
    say(json.dumps(facts) if given.json else told)
    return 0


def _import(arguments: Sequence[str]) -> int:
    parser = parser_of("annotate import", "Check exports against their page, and take them into datasets/<name>.")
    parser.add_argument("files", nargs="+", type=Path, help="what the page saved, one file a rater")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page that was answered; annotate.html unless given")
    parser.add_argument("--to", type=Path, default=Path("datasets"), help="the folder of datasets, such as that of a clone")
    parser.add_argument("--replace", action="store_true", help="take answers that differ from those already there")
    given = parser.parse_args(arguments)
    from bench.annotation.intake import take_in
    from bench.annotation.page import read_task
    from bench.shipped import shipped

    written = take_in(given.files, read_task(given.page), given.to, given.replace)
    lines = [f"{one.path}: {one.before} lines before, {one.added} added, {one.replaced} replaced" for one in written]
    if given.to.resolve() != shipped("datasets"):
        lines.append(f"references count once they lie in {shipped('datasets')}, the folder that this installation reads")
    say(json.dumps([vars(one) for one in written], indent=2) if given.json else "\n".join(lines))
    return 0


def _agreement(arguments: Sequence[str]) -> int:
    parser = parser_of("annotate agreement", "How far raters agree, what a human scores, and which metrics agree with people.")
    parser.add_argument("files", nargs="+", type=Path, help="exports of raters (.json), or files of imported lines (.jsonl)")
    parser.add_argument("--runs", nargs="+", default=[], type=Path, help="runs whose texts were rated: do their metrics agree?")
    parser.add_argument("--metric", default=METRICS, help="metrics of units to score raters by (comma separated)")
    parser.add_argument("--draws", type=int, default=1000, help="of the bootstrap")
    parser.add_argument("--seed", type=int, default=0, help="of the bootstrap")
    given = parser.parse_args(arguments)
    from bench.annotation.agreement import agreements
    from bench.annotation.ceiling import ceilings
    from bench.annotation.harmony import harmonies
    from bench.annotation.lines import read_given
    from bench.annotation.listing import agreement_table, ceiling_table, harmony_table
    from bench.annotation.runs import read_runs

    people = read_given(given.files)
    agreed = agreements(people, given.draws, given.seed)
    scored = ceilings(people, _metrics(listed(given.metric)), given.draws, given.seed)
    beside = harmonies(people, read_runs(given.runs), given.draws, given.seed)
    if given.json:
        parts: dict[str, Sequence[Any]] = {"agreement": agreed, "ceiling": scored, "metrics": beside}
        say(json.dumps({name: [vars(one) for one in found] for name, found in parts.items()}, indent=2))
        return 0
    tables = {
        "Agreement": agreement_table(agreed),
        "Human ceiling": ceiling_table(scored),
        "Metrics and people": harmony_table(beside),
    }
    say("\n".join(f"# {name}\n\n{table.markdown()}" for name, table in tables.items() if table.lines))
    return 0


def _metrics(names: Sequence[str]) -> dict[str, Any]:
    from bench.build import build
    from bench.compose import composer
    from bench.gauntlet.building import metric_nodes

    with composer([]):
        nodes = metric_nodes(names)
    return {name: build(nodes[name], f"metric.{name}") for name in names}
