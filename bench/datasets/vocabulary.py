"""The words of a dataset: how people name its factors, and what they say when a factor rises, falls or just changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Change = Literal["increase", "decrease", "change"]


@dataclass(frozen=True)
class FactorWords:
    """The wording of one factor.

    `says` holds clauses to write with: one or more for a rise, a fall and a change without direction ("moves to the right").
    `nouns` name the factor ("horizontal position"); `increase`, `decrease` and `change` are phrases that tell what it does.
    `values` gives, for each class that has a name, the words for it ("heart").
    """

    factor: str
    says: Mapping[Change, tuple[str, ...]]
    nouns: tuple[str, ...]
    increase: tuple[str, ...]
    decrease: tuple[str, ...]
    change: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Vocabulary:
    """All factor words of a dataset, and what its pictures show ("the shape")."""

    subject: str
    factors: tuple[FactorWords, ...]
