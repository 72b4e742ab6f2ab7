"""The answers of runs as measures of sensitivity compare them, read from `explanations.jsonl`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bench.datasets.vocabulary import Vocabulary, load_vocabulary
from bench.errors import ConfigError, DataError
from bench.metrics.statements import parse
from bench.reports.sensitivity import DEFAULT, Answer
from bench.reports.statistics import CLUSTER
from bench.shipped import shipped

FILE = "explanations.jsonl"


def read_answers(paths: Sequence[Path], axis: str) -> list[Answer]:
    """The answers of files, or of the `explanations.jsonl` in folders of runs. `axis` is what levels are labels of.

    A cell that does not mention the axis is at level "default"; an axis that no cell mentions raises `ConfigError`.
    """
    lines = [line for path in paths for line in _lines(path / FILE if path.is_dir() else path)]
    if lines and not any(axis in line["cell"] for line in lines):
        known = sorted({key for line in lines for key in line["cell"]})
        raise ConfigError(f"no cell has the axis {axis!r}; there are {', '.join(known)}")
    return [_answer(line, axis) for line in lines]


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(f"cannot read {path} ({error.strerror}); expected {FILE} of a run") from error
    for number, line in enumerate(text.splitlines(), 1):
        try:
            record = json.loads(line)
            if not {"cell", "unit", "truth", "outcome", "explanation"} <= record.keys():
                raise ValueError(f"keys {', '.join(record)}")
        except (ValueError, AttributeError) as error:
            raise DataError(f"{path}, line {number}: expected an explanation of a run, got {error}") from error
        yield record


def _answer(line: Mapping[str, Any], axis: str) -> Answer:
    cell, said, truth = line["cell"], line["explanation"], line["truth"]
    rest = tuple(sorted((key, label) for key, label in cell.items() if key != axis))
    claims = None
    if line["outcome"] != "failed":
        claims = {} if said["text"] is None else parse(said["text"], _vocabulary(str(cell["dataset"])))
    known = truth is not None and truth["status"] != "ambiguous" and claims is not None
    right = _right(claims or {}, said["text"], truth) if known else None
    cluster = tuple(cell.get(key) for key in CLUSTER if key != axis)
    group = "all" if axis == "explainer" else str(cell["explainer"])
    return Answer((rest, line["unit"]), group, cluster, str(cell.get(axis, DEFAULT)), claims, said["certainty"], right)


def _right(claims: Mapping[str, Any], text: str | None, truth: Mapping[str, Any]) -> bool:
    """Exactly the true factors; of an inactive unit, no answer."""
    true = {effect["factor"] for effect in truth["effects"]}
    return claims.keys() == true if true else text is None


@cache
def _vocabulary(dataset: str) -> Vocabulary:
    """The words of a dataset; datasets that show the same pictures share them: `dsprites_official` has those of `dsprites`."""
    folders = sorted((path.name for path in shipped("datasets").iterdir() if path.is_dir()), key=len, reverse=True)
    found = next((name for name in folders if dataset == name or dataset.startswith(f"{name}_")), None)
    if found is None:
        raise DataError(f"no vocabulary for dataset {dataset!r}; there are {', '.join(sorted(folders))}")
    return load_vocabulary(found)
