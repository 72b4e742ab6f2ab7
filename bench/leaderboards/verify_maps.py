"""Holds the maps of a submission against those that its task wants, and those that its explainers show here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from bench.artifacts import Explanation
from bench.attention.record import Attention
from bench.leaderboards.maps import OPEN, digest_of, faults
from bench.leaderboards.submission import CellRecord, Submission

Maps = Mapping[str, Attention]
CLOSE = 1e-4  # of the largest value of a map: the last bits of a network's gradients differ from machine to machine


@dataclass(frozen=True)
class Wanted:
    """What the maps of a cell must be of: these pictures, of this height and width."""

    index: Int[ndarray, " n"]
    size: tuple[int, int]


def surplus(submission: Submission, shown: Maps) -> Iterator[str]:
    """Maps that belong to no explanation."""
    named = {said.maps for cell in submission.cells for said in cell.explanations}
    yield from (f"maps {digest:.12} belong to no explanation" for digest in sorted(shown.keys() - named))


def completed(cell: CellRecord, shown: Maps, heard: Sequence[Explanation] | None) -> tuple[Explanation, ...]:
    """The explanations with their maps: those submitted, and where there are none those that the explainer shows here."""
    said = cell.said(shown)
    if heard is None:
        return said
    lacking = [recorded.maps is not None and one.attention is None for recorded, one in zip(cell.explanations, said, strict=True)]
    return tuple(
        replace(one, attention=real.attention) if lacks else one for one, real, lacks in zip(said, heard, lacking, strict=True)
    )


def unsubmitted(submission: Submission, shown: Maps, heard: Callable[[CellRecord], Sequence[Explanation] | None]) -> Iterator[str]:
    """What to know of maps that a submission names and does not bring."""
    for name in sorted(submission.header.explainers):
        cells = [cell for cell in submission.cells if cell.contestant == name]
        pairs = [pair for cell in cells for pair in zip(cell.explanations, heard(cell) or (), strict=False)]
        lacking = [(said.maps, real.attention) for said, real in pairs if said.maps is not None and said.maps not in shown]
        others = sum(real is not None and digest_of(real) != digest for digest, real in lacking)
        if lacking:
            told = f"{len(lacking)} units come without their maps; those shown here were scored, {others} of them other in some bit"
            yield f"explainer {name!r:.80}: {told}"


def map_faults(
    cell: CellRecord, said: Sequence[Explanation], heard: Sequence[Explanation] | None, wanted: Wanted | None
) -> Iterator[str]:
    """What is wrong with the maps of a cell; `wanted` is `None` where the task asks for no maps."""
    if any(recorded.maps for recorded in cell.explanations):
        if wanted is None:
            yield "has maps, and its task asks for none: the ceiling of the task shows none"
            return
        if cell.cell["dataset"] not in OPEN:
            yield f"maps of {cell.cell['dataset']!s:.80} cannot be published"
    for i, (recorded, one) in enumerate(zip(cell.explanations, said, strict=True)):
        real = heard[i].attention if heard is not None else None
        found = _differing(recorded.maps, one.attention, real) if heard is not None else ()
        yield from (f"unit {one.unit}: {fault}" for fault in found or _faults(recorded.maps, one.attention, wanted))


def _faults(digest: str | None, mine: Attention | None, wanted: Wanted | None) -> Iterator[str]:
    if digest is not None and mine is None:
        yield "its maps are missing: they are not in the file beside, and the explainer cannot be heard here"
    if mine is not None and wanted is not None:
        yield from faults(mine, wanted.index, wanted.size)


def _differing(digest: str | None, mine: Attention | None, real: Attention | None) -> list[str]:
    if (digest is None) != (real is None):
        return [
            "maps: none are recorded, the explainer shows some" if digest is None else "maps: recorded, the explainer shows none"
        ]
    return ["maps: not those that the explainer shows here"] if mine and real and not _close(mine, real) else []


def _close(mine: Attention, real: Attention) -> bool:
    pairs = [(mine.maps, real.maps)] + ([] if real.redrawn is None or mine.redrawn is None else [(mine.redrawn, real.redrawn)])
    same = (mine.redrawn is None) == (real.redrawn is None)
    return same and all(a.shape == b.shape and np.allclose(a, b, rtol=0, atol=CLOSE * np.abs(b).max(initial=0)) for a, b in pairs)
