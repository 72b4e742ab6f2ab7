"""What metrics of defects share: the maps of all pictures to be inspected, and the masks that they are held against."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from jaxtyping import Bool, Float32
from numpy import ndarray

from bench.artifacts import Case
from bench.datasets.inspected import Inspected
from bench.interfaces import Dataset

Part = Literal["trial", "tested"]


class Inspection(NamedTuple):
    """One map and one mask a picture."""

    maps: Float32[ndarray, "n height width"]
    masks: Bool[ndarray, "n height width"]


def inspection(case: Case, dataset: Dataset, part: Part) -> Inspection | None:
    """The maps of the test pictures, or of those for trial.

    `None` without a map of each of them, on a dataset that has none, and where not one pixel or every pixel is defective.
    """
    shown = case.explanation.attention
    if case.explanation.outcome != "answered" or shown is None or not isinstance(dataset, Inspected):
        return None
    places = {picture: row for row, picture in enumerate(shown.index.tolist())}
    wanted = dataset.trial if part == "trial" else dataset.tested
    if not all(picture in places for picture in wanted.tolist()):
        return None
    masks = dataset.masks(wanted)
    rows = [places[picture] for picture in wanted.tolist()]
    return Inspection(shown.maps[rows], masks) if masks.any() and not masks.all() else None


def each(cases: Sequence[Case], dataset: Dataset, score: Callable[[Inspection], float | None]) -> list[float | None]:
    """The score of the test pictures for every case that has maps of them."""
    seen = (inspection(case, dataset, "tested") for case in cases)
    return [None if one is None else score(one) for one in seen]
