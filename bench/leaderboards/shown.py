"""The maps that the explainers of a run showed, read from its store."""

import json
from pathlib import Path

from bench.artifacts import Explanation
from bench.attention.record import Attention
from bench.codecs import load_explanations
from bench.errors import DataError
from bench.leaderboards.maps import OPEN, digest_of
from bench.leaderboards.submission import Submission
from bench.store import Store


def digests(store: Store, key: str) -> dict[str, str]:
    """The digest of the maps of each unit that has some, for the key of an explain stage; units may share maps."""
    said = _said(store, key)
    known = {id(one): digest_of(one) for one in _each(said)}
    return {one.unit: known[id(one.attention)] for one in said if one.attention is not None}


def maps(folder: Path, packed: Submission) -> dict[str, Attention]:
    """The maps of a packed run, by their digests. Raises `DataError` for those of pictures that are not ours to show."""
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    store = Store(Path(run["config"]["runtime"]["folders"]["store"]))
    found: dict[str, Attention] = {}
    for cell in packed.cells:
        lacking = {said.maps for said in cell.explanations} - {None} - found.keys()
        if lacking and cell.cell["dataset"] not in OPEN:
            raise DataError(
                f"maps of {cell.cell['dataset']} cannot be published, since they can be as sharp as its pictures; those of "
                f"{', '.join(OPEN)} can"
            )
        for one in _each(_said(store, cell.keys["explain"])) if lacking else ():
            found[digest_of(one)] = one
    return found


def _each(said: list[Explanation]) -> list[Attention]:
    """All maps, those that units share once."""
    return list({id(one.attention): one.attention for one in said if one.attention is not None}.values())


def _said(store: Store, key: str) -> list[Explanation]:
    folder = store.folder("explain", key)
    try:
        return list(load_explanations(folder))
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"expected the maps of a stage at {folder}, cannot read them: {error}; run the same command again"
        ) from error
