"""What sentences claim, and one sign per factor made of it."""

from collections.abc import Sequence
from typing import NamedTuple

from bench.metrics.parsing.lexicon import Sign


class Claim(NamedTuple):
    """A change that a sentence claims of one factor, or of whichever of several factors the rest of the text tells.

    `torn` claims go both ways ("back and forth").
    """

    factors: frozenset[str]
    sign: Sign
    torn: bool = False

    @property
    def signs(self) -> set[Sign]:
        """The directions that are claimed."""
        return {1, -1} if self.torn else {self.sign}


def settled(claims: Sequence[Claim]) -> dict[str, Sign]:
    """One sign per factor, `None` for no direction or for both.

    A claim about several factors ("it moves") is about those that other claims name ("to the right"), if any, else about all.
    """
    signs: dict[str, set[Sign]] = {}
    for claim in claims:
        if len(claim.factors) == 1:
            (factor,) = claim.factors
            signs.setdefault(factor, set()).update(claim.signs)
    for claim in claims:
        if len(claim.factors) > 1:
            _spread(claim, signs)
    return {factor: _single(told - {None}) for factor, told in signs.items()}


def _spread(claim: Claim, signs: dict[str, set[Sign]]) -> None:
    known = claim.factors & signs.keys()
    for factor in known or claim.factors:
        told = signs.setdefault(factor, set())
        if not known or claim.torn or not told - {None}:
            told.update(claim.signs)


def _single(told: set[Sign]) -> Sign:
    return told.pop() if len(told) == 1 else None
