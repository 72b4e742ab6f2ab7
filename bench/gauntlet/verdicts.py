"""The verdicts of the gauntlet: one file, written by `latentbench gauntlet`, read by every table."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.errors import DataError
from bench.gauntlet.keys import metric_key
from bench.gauntlet.trial import Result

FILE = "gauntlet.json"
_PLACES = (Path(__file__).parent / FILE, Path(__file__).parents[2] / "leaderboards" / FILE)  # in a wheel, in a checkout


@dataclass(frozen=True)
class Verdict:
    """How a metric came through. `key` is that of `metric_key`; `reason` says why it did not run, and then there are no `steps`."""

    metric: str
    key: str | None
    steps: Mapping[str, Result]
    reason: str | None = None

    @property
    def failed(self) -> list[str]:
        """The steps that it fails although it says that it sees what they change."""
        return [name for name, result in self.steps.items() if result.outcome == "fails"]

    def facts(self) -> dict[str, Any]:
        """The verdict as plain JSON."""
        steps = {name: {"outcome": result.outcome, **result.found} for name, result in self.steps.items()}
        return {"metric": self.metric, "key": self.key, "steps": steps, "not_run": self.reason}


def as_json(verdicts: Iterable[Verdict]) -> str:
    """A file of verdicts, the metrics in the order of their names, numbers to six digits: they are there to be read."""
    facts = [verdict.facts() for verdict in sorted(verdicts, key=lambda verdict: verdict.metric)]
    return json.dumps(_rounded(facts), indent=1, ensure_ascii=False) + "\n"


def read_verdicts(path: Path) -> dict[str, Verdict]:
    """The verdicts of a file by metric. Raises `DataError` for a file that is something else."""
    try:
        return {fact["metric"]: _verdict(fact) for fact in json.loads(path.read_text(encoding="utf-8"))}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path}: expected verdicts, got {type(error).__name__}: {error}; run `latentbench gauntlet` again"
        ) from error


@cache
def committed() -> Mapping[str, Verdict]:
    """The verdicts that came with the code; empty without the file."""
    path = next((path for path in _PLACES if path.is_file()), None)
    return {} if path is None else read_verdicts(path)


def remarks(metrics: Iterable[str], verdicts: Mapping[str, Verdict] | None = None) -> list[str]:
    """What a table must say below its numbers: which of its metrics fail which steps, and which did not run as they are now."""
    known = committed() if verdicts is None else verdicts
    found = {name: known.get(name) for name in dict.fromkeys(metrics)}
    current = {name: one for name, one in found.items() if one and not one.reason and one.key == metric_key(name)}
    failed = [f"{name} ({', '.join(one.failed)})" for name, one in current.items() if one.failed]
    absent = [name for name in found if name not in current]
    said = [f"Fails the gauntlet: {'; '.join(failed)}."] if failed else []
    return said + ([f"Not run through the gauntlet: {', '.join(absent)}."] if absent else [])


def _verdict(fact: Mapping[str, Any]) -> Verdict:
    steps = {
        name: Result(step["outcome"], {k: v for k, v in step.items() if k != "outcome"}) for name, step in fact["steps"].items()
    }
    return Verdict(fact["metric"], fact["key"], steps, fact["not_run"])


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, 6) if isinstance(value, float) else value
