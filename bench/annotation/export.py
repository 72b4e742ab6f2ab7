"""What a page hands out: the answers of one rater, as JSON with a version."""

from typing import Literal

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from bench.annotation.task import item_id
from bench.datasets.vocabulary import Change

FORMAT = "latentbench-annotation"
VERSION = 1
_CONFIG = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


@dataclass(frozen=True, config=_CONFIG)
class Ticked:
    """A factor that a rater says changes, and which way from left to right."""

    factor: str
    direction: Change


@dataclass(frozen=True, config=_CONFIG)
class Answer:
    """What a rater says of one unit: no clear pattern, or words, factors, or both. `seconds` is how long they looked."""

    dataset: str
    model: str
    key: str
    unit: str
    none: bool
    text: str
    factors: tuple[Ticked, ...]
    seconds: float

    @property
    def item(self) -> str:
        """The name of the unit among those of all models."""
        return item_id(self.dataset, self.key, self.unit)


@dataclass(frozen=True, config=_CONFIG)
class Rated:
    """How well an explanation, named by its digest, fits a unit: 1 plainly wrong, 5 fully right."""

    dataset: str
    model: str
    key: str
    unit: str
    said: str
    rating: int

    @property
    def item(self) -> str:
        """The name of the unit among those of all models."""
        return item_id(self.dataset, self.key, self.unit)


@dataclass(frozen=True, config=_CONFIG)
class Export:
    """One rater's answers to one page, whose fingerprint is `page`. `rater` is the number of the order that they followed."""

    format: Literal["latentbench-annotation"]
    version: Literal[1]
    page: str
    annotator: str
    rater: int
    answers: tuple[Answer, ...]
    ratings: tuple[Rated, ...]
