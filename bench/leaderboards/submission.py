"""One submission: JSON lines, a header and then one line a cell. No pictures, no code, nothing that a reader would run or unpack.

What many cells share (recipes, versions, fingerprints) stands in the header once. Maps are in a file beside it (see `maps.py`).
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from bench.artifacts import Explanation
from bench.attention.record import Attention
from bench.canonical import canonical
from bench.leaderboards.tasks import WORLD

FORMAT = 1
_CONFIG = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
_SAID: Mapping[str, Any] = {
    "text": None,
    "answers": (),
    "certainty": None,
    "prompt": None,
    "failure": None,
    "usage": {},
    "images": (),
    "maps": None,
}


@dataclass(frozen=True, config=_CONFIG)
class MetricFacts:
    """What a metric was: its full configuration with versions, whether it judges units or cells, its direction and its bounds."""

    recipe: dict[str, Any]
    scope: Literal["unit", "cell"]
    higher_is_better: bool | None
    bounds: tuple[float, float]


@dataclass(frozen=True, config=_CONFIG)
class Counts:
    """What the file must hold."""

    cells: int
    answered: int
    abstained: int
    failed: int
    rows: int


@dataclass(frozen=True, config=_CONFIG)
class Header:
    """The first line. `explainers` maps a contestant to its configuration; `datasets` a dataset to its fingerprint."""

    format: int
    submission: str
    task: str
    task_version: str
    command: str
    metrics: dict[str, MetricFacts]
    explainers: dict[str, dict[str, Any]]
    datasets: dict[str, str]
    provenance: dict[str, str]
    counts: Counts


@dataclass(frozen=True, config=_CONFIG)
class Said:
    """One explanation. What is left out has the value that it has when nothing happened; `maps` is the digest of those shown."""

    text: str | None = None
    answers: tuple[str, ...] = ()
    certainty: float | None = None
    prompt: str | None = None
    failure: str | None = None
    usage: dict[str, float] = Field(default_factory=dict)
    images: tuple[str, ...] = ()
    maps: str | None = None

    @property
    def outcome(self) -> Literal["answered", "abstained", "failed"]:
        """As that of an explanation; maps are an answer wherever they are."""
        return "answered" if self.maps is not None and self.failure is None else self.of("").outcome

    def of(self, unit: str) -> Explanation:
        """The explanation of this unit, without its maps."""
        return Explanation(unit, self.text, self.answers, self.certainty, self.prompt, self.failure, self.usage, self.images)


@dataclass(frozen=True, config=_CONFIG)
class Scored:
    """The key of a score stage and its values: one per unit, or one for the cell."""

    key: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, config=_CONFIG)
class CellRecord:
    """One cell: its labels, the keys of its stages, and by unit the status of the truth and what was said."""

    cell: dict[str, str | int | float]
    keys: dict[str, str]
    units: tuple[str, ...]
    statuses: tuple[str | None, ...]
    explanations: tuple[Said, ...]
    scores: dict[str, Scored]

    @property
    def contestant(self) -> str:
        """Who answered."""
        return contestant(self.cell)

    def said(self, shown: Mapping[str, Attention]) -> tuple[Explanation, ...]:
        """The explanations with the names of their units, and with those maps that are `shown`, by digest."""
        pairs = zip(self.units, self.explanations, strict=True)
        return tuple(replace(said.of(unit), attention=shown.get(said.maps or "")) for unit, said in pairs)


@dataclass(frozen=True, config=_CONFIG)
class Submission:
    """A whole file."""

    header: Header
    cells: tuple[CellRecord, ...]

    def text(self) -> str:
        """The file: canonical JSON, one object a line."""
        head = asdict(self.header)
        lines = [asdict(cell) | {"explanations": [_compact(said) for said in cell.explanations]} for cell in self.cells]
        return "".join(canonical(line) + "\n" for line in (head, *lines))


def contestant(cell: Mapping[str, str | int | float]) -> str:
    """The explainer, with whatever else a cell's labels say of it: "latent_explainer (client=openai)"."""
    more = ", ".join(f"{axis}={label}" for axis, label in sorted(cell.items()) if axis not in (*WORLD, "explainer"))
    return f"{cell.get('explainer')} ({more})" if more else str(cell.get("explainer"))


def counted(cells: tuple[CellRecord, ...]) -> Counts:
    """The counts of some cells."""
    ended = [said.outcome for cell in cells for said in cell.explanations]
    return Counts(
        cells=len(cells),
        answered=ended.count("answered"),
        abstained=ended.count("abstained"),
        failed=ended.count("failed"),
        rows=sum(len(scored.values) for cell in cells for scored in cell.scores.values()),
    )


def _compact(said: Said) -> dict[str, Any]:
    return {name: value for name, value in asdict(said).items() if value != _SAID[name]}
