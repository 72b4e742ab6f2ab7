"""The card of every metric, made from its code, its YAML and its verdict in the gauntlet."""

import inspect
from collections.abc import Iterator
from typing import Any

import yaml

from bench.build import TARGET, target
from bench.gauntlet.keys import metric_key
from bench.gauntlet.verdicts import Verdict, committed
from bench.shipped import shipped

HEAD = """# Metrics

Made by `latentbench docs` from docstrings, class variables, `conf/metric/*.yaml` and `leaderboards/gauntlet.json`; a test fails
when this page is not what they make. Choose metrics with `metric=[set_f1,exact_set]`. An undefined value is `null`, never 0.

A metric *claims to see* omissions (a true factor that is not named), additions (a false one that is), directions, texts (what an
answer says at all) or pictures; of maps, places (whether a map is where its factor acts), defects (whether it is where pictures are
defective) or edges (whether it ends where the defect does). The gauntlet (`latentbench gauntlet`) holds it to that with answers of
known worth; the numbers are in [gauntlet.md](../leaderboards/gauntlet.md). Read a metric that fails a step beside the controls of
its table.
"""


def page() -> str:
    """The page of all cards, in the order of their classes' first options."""
    by_class: dict[str, list[str]] = {}
    for path in sorted(shipped("conf", "metric").glob("*.yaml")):
        by_class.setdefault(_node(path.stem)[TARGET], []).append(path.stem)
    titles = [name.rpartition(".")[2] for name in by_class]
    contents = ", ".join(f"[{title}](#{title.lower()})" for title in titles)
    return "\n".join([HEAD, f"{contents}.", "", *(_card(name, options) for name, options in by_class.items())])


def _card(name: str, options: list[str]) -> str:
    made = target(name, TARGET)
    what = (inspect.getdoc(inspect.getmodule(made)) or "").partition("\n")[0]
    facts = ", ".join(_facts(made))
    lines = [f"* `{option}`: {_comment(option)} Gauntlet: {_verdict(option)}." for option in options]
    return "\n".join([f"## {name.rpartition('.')[2]}", "", what, "", inspect.getdoc(made) or "", "", f"{facts}.", "", *lines, ""])


def _facts(made: Any) -> Iterator[str]:
    better = {True: "higher is better", False: "lower is better", None: "0 is best"}[made.higher_is_better]
    low, high = made.bounds
    yield {"unit": "One value a unit", "cell": "One value a cell"}[made.scope]
    yield f"{better}, from {low:g} to {high:g}"
    sees = getattr(made, "sees", None)
    yield "claims to see " + ("everything" if sees is None else ", ".join(sorted(sees)) or "nothing of the kind")
    if hasattr(made, "intervene"):
        yield "looks into the model"
    if getattr(made, "compares_units", False):
        yield "compares the units of a cell"
    yield f"version {made.version}"


def _comment(option: str) -> str:
    """What the YAML says of itself in its first lines, up to what Hydra needs."""
    lines = shipped("conf", "metric", f"{option}.yaml").read_text(encoding="utf-8").splitlines()
    said: list[str] = []
    for line in lines:
        if not line.startswith("#"):
            break
        if not line.startswith("# @package"):
            said.append(line.removeprefix("#").strip())
    return " ".join(said)


def _verdict(option: str) -> str:
    found: Verdict | None = committed().get(option)
    if found is None or found.key != metric_key(option):
        return "not run in this form"
    if found.reason:
        return f"not run, {found.reason}"
    passed = [step for step, result in found.steps.items() if result.outcome == "passes"]
    if not passed and not found.failed:
        return "it claims nothing that a step tests"
    return "; ".join(f"{word} {', '.join(steps)}" for word, steps in (("passes", passed), ("**fails**", found.failed)) if steps)


def _node(option: str) -> dict[str, Any]:
    node: dict[str, Any] = yaml.safe_load(shipped("conf", "metric", f"{option}.yaml").read_text(encoding="utf-8"))
    return node
