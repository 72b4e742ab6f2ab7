"""The verb `gauntlet`: every metric against answers whose worth is known."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.build import TARGET, build, target
from bench.command_line import parser_of, say
from bench.errors import BenchError
from bench.gauntlet.building import asks, map_worlds, metric_names, metric_nodes, worlds
from bench.gauntlet.defects import defect_worlds
from bench.gauntlet.keys import metric_key
from bench.gauntlet.listing import markdown
from bench.gauntlet.steps import Trial, trial_of
from bench.gauntlet.trial import trial
from bench.gauntlet.verdicts import FILE, Verdict, as_json
from bench.gauntlet.worlds import World
from bench.reports.publish import publish


def gauntlet(arguments: Sequence[str]) -> int:
    """Run metrics through the gauntlet; the exit code is 1 when one fails a step of what it says that it sees."""
    parser = parser_of("gauntlet", "Metrics against answers whose worth is known.")
    parser.add_argument("metrics", nargs="*", help="metric=NAME,NAME or metric=all (all unless given)")
    parser.add_argument("--to", type=Path, help=f"write {FILE} and its table here, such as leaderboards; needs all metrics")
    given = parser.parse_args(arguments)
    asked = [name for text in given.metrics for name in text.removeprefix("metric=").strip("[]").split(",") if name]
    if given.to and asked not in ([], ["all"]):
        parser.error("--to writes the verdicts of all metrics; leave out the names")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # a metric whose weights are not on this machine is told, not fetched
    found = run(metric_names() if asked in ([], ["all"]) else asked)
    if given.to:
        publish(given.to / FILE, as_json(found))
        publish((given.to / FILE).with_suffix(".md"), f"# The gauntlet\n\n{markdown(found)}")
    say(as_json(found) if given.json else markdown(found))
    return int(any(verdict.failed for verdict in found))


def run(names: Sequence[str], told: Callable[[str], None] = lambda _: None) -> list[Verdict]:
    """The verdict of each metric; `told` hears of each before it runs."""
    from bench.compose import composer

    with composer([]):
        nodes = metric_nodes(names)
        builders: dict[Trial, Callable[[], list[World]]] = {"texts": worlds, "maps": map_worlds, "defects": defect_worlds}
        made = {asked: builders[asked]() for asked in {_trial(node) for node in nodes.values()}}
    shared: dict[str, Any] = {}
    verdicts = []
    for name in names:
        told(name)
        verdicts.append(_verdict(name, nodes[name], made[_trial(nodes[name])], shared))
    return verdicts


def _trial(node: Any) -> Trial:
    return trial_of(getattr(target(node[TARGET], TARGET), "sees", ()))


def _verdict(name: str, node: Any, made: Sequence[World], shared: dict[str, Any]) -> Verdict:
    if asks(node):
        return Verdict(name, metric_key(name), {}, "it asks a remote model")
    try:
        return Verdict(name, metric_key(name), trial(build(node, f"metric.{name}", shared), made))
    except BenchError as error:
        return Verdict(name, metric_key(name), {}, f"it cannot run here ({type(error).__name__}); run it alone to see why")
