"""What a page of annotation asks: strips of units, the factors to choose from, texts to rate, and an order for every rater.

The fingerprint of a page is the digest of all of it, pictures included: answers belong to one page and to no other.
"""

from dataclasses import asdict
from functools import cached_property

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from bench.canonical import digest

VERSION = 1
LONGEST = 2000  # characters of an answer
STARS = 5  # a text is rated from 1, plainly wrong, to this, fully right
_CONFIG = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, config=_CONFIG)
class Choice:
    """A factor that a rater may tick: what it is called, what it does, and what a rise and a fall are called, if it has both."""

    factor: str
    label: str
    hint: str
    increase: str | None
    decrease: str | None


@dataclass(frozen=True, config=_CONFIG)
class Strip:
    """A picture of one traversal as a data URI; `rows` says of each row what is held fixed, or nothing."""

    picture: str
    steps: int
    rows: tuple[str, ...]


@dataclass(frozen=True, config=_CONFIG)
class Said:
    """A text to be rated. `id` is the digest of the explanation as it was given, `text` is safe to print."""

    id: str
    text: str


@dataclass(frozen=True, config=_CONFIG)
class Item:
    """One unit of one model. `key` is that of its weights; `frozen` says whether the unit's name means the same in every run."""

    dataset: str
    model: str
    key: str
    unit: str
    frozen: bool
    condition: str | None
    strips: tuple[Strip, ...]
    said: tuple[Said, ...]

    @cached_property
    def id(self) -> str:
        """A short name that says nothing of the unit."""
        return item_id(self.dataset, self.key, self.unit)


@dataclass(frozen=True, config=_CONFIG)
class Order:
    """In which order one rater meets the units, and the texts of each unit."""

    items: tuple[int, ...]
    said: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, config=_CONFIG)
class Task:
    """Everything that a page asks. `factors` has the choices of each dataset."""

    version: int
    title: str
    seed: int
    factors: dict[str, tuple[Choice, ...]]
    items: tuple[Item, ...]
    orders: tuple[Order, ...]

    @cached_property
    def fingerprint(self) -> str:
        """The digest of the whole task."""
        return digest(asdict(self))


def item_id(dataset: str, key: str, unit: str) -> str:
    """The name of a unit of a model with these weights."""
    return digest(["unit", dataset, key, unit])[:16]


def said_id(text: str) -> str:
    """The name of an explanation: equal texts have equal names."""
    return digest(["said", text])[:16]
