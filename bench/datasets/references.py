"""What people wrote about units of a dataset's models: `datasets/<name>/references/*.jsonl`, one JSON object a line.

A line says of which model and unit it is, who wrote it, and the text: `{"model": "dsprites_beta_vae_s0", "unit": "latent_3",
"annotator": "a1", "text": "The shape grows."}`. A blank text says that the annotator saw no clear pattern.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.errors import DataError
from bench.shipped import shipped

FIELDS = ("model", "unit", "annotator", "text")


@dataclass(frozen=True)
class Reference:
    """One person's words for one unit."""

    model: str
    unit: str
    annotator: str
    text: str


@cache
def load_references(name: str) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """The texts by model and unit, in the order of files and lines, without blank ones; empty for a dataset without any."""
    folder = shipped("datasets", name) / "references"
    texts: dict[tuple[str, str], tuple[str, ...]] = {}
    for reference in (one for path in sorted(folder.glob("*.jsonl")) for one in read_references(path)):
        if reference.text.strip():
            key = (reference.model, reference.unit)
            texts[key] = (*texts.get(key, ()), reference.text)
    return texts


def unit_references(dataset: str, model: str) -> dict[str, tuple[str, ...]]:
    """The texts by unit of one model on a dataset, both named as in `conf`.

    Datasets that show the same pictures share a folder: `dsprites_official` has that of `dsprites`. Empty without one.
    """
    folder = data_folder(dataset)
    texts = load_references(folder) if folder else {}
    return {unit: found for (of, unit), found in texts.items() if of == model}


def data_folder(dataset: str) -> str | None:
    """The folder in `datasets/` of a dataset named as in `conf`; `None` without one."""
    folders = sorted(path.name for path in shipped("datasets").iterdir() if path.is_dir())
    return max((name for name in folders if dataset == name or dataset.startswith(f"{name}_")), key=len, default=None)


def read_references(path: Path) -> Sequence[Reference]:
    """Read one file. Raises one `DataError` that lists every fault, doubled lines of one annotator among them."""
    lines = [(i, line) for i, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if line.strip()]
    faults = [f"line {i}: {fault}" for i, line in lines for fault in _faults(line)]
    found = [] if faults else [Reference(**json.loads(line)) for _, line in lines]
    said = [(reference.model, reference.unit, reference.annotator) for reference in found]
    faults += [f"line {lines[i][0]}: {key} came before" for i, key in enumerate(said) if key in said[:i]]
    if faults:
        raise DataError(
            f"{path}: expected one reference a line, found {len(faults)} fault(s); mend the file:\n" + "\n".join(faults)
        )
    return found


def _faults(line: str) -> Iterator[str]:
    try:
        tree = json.loads(line)
    except json.JSONDecodeError as error:
        yield f"expected JSON, got: {error}"
        return
    if not isinstance(tree, dict) or set(tree) != set(FIELDS):
        yield f"expected the keys {', '.join(FIELDS)}, got {', '.join(tree) if isinstance(tree, dict) else repr(tree)}"
        return
    yield from (f"{key}: expected text, got {value!r}" for key, value in tree.items() if not isinstance(value, str))
