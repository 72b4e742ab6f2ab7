"""Whether two answers tell opposite directions, by words that are data: "grows" against "shrinks", "up" against "down"."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import ClassVar

import numpy as np
from jaxtyping import Bool
from numpy import ndarray

from bench.component import component

NEAR = 2  # words before a direction in which a denial takes it back


@component
class Polarity:
    """Each of `opposites` lists the phrases of one direction, then those of the other; `*` stands for any end of a word.

    The longest phrase that fits is read, `ignored` ones too ("from left to right" is how a strip is read). A direction soon after a
    word of `denials` is not told, and an answer that tells both directions of a kind tells none.
    """

    version: ClassVar[int] = 1

    opposites: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    ignored: tuple[str, ...]
    denials: tuple[str, ...]

    def directions(self, answer: str) -> Mapping[str, int]:
        """The direction of each kind that the answer tells, +1 or -1."""
        text = _plain(answer)
        told: dict[str, set[int]] = {}
        for found in self._pattern.finditer(text):
            kind, sign = self._meanings[int((found.lastgroup or "")[1:])]
            if sign and not set(text[: found.start()].split()[-NEAR:]) & set(self.denials):
                told.setdefault(kind, set()).add(sign)
        return {kind: signs.pop() for kind, signs in told.items() if len(signs) == 1}

    def opposed(self, answers: Sequence[str]) -> Bool[ndarray, "n n"]:
        """Which answers tell opposite directions of some kind."""
        told = [self.directions(answer) for answer in answers]
        pairs = [[any(other.get(kind) == -sign for kind, sign in one.items()) for other in told] for one in told]
        return np.array(pairs, dtype=bool).reshape(len(told), len(told))

    @cached_property
    def _phrases(self) -> list[tuple[str, str, int]]:
        """Every phrase with its kind and sign, longest first; an ignored one has the sign 0."""
        signed = [(kind, *side) for kind, sides in self.opposites.items() for side in zip((1, -1), sides, strict=True)]
        phrases = [(_plain(phrase), kind, sign) for kind, sign, side in [*signed, ("", 0, self.ignored)] for phrase in side]
        return sorted(phrases, key=lambda phrase: -len(phrase[0]))

    @cached_property
    def _meanings(self) -> list[tuple[str, int]]:
        return [(kind, sign) for _, kind, sign in self._phrases]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        forms = [re.escape(phrase).replace(r"\*", r"\w*") for phrase, _, _ in self._phrases]
        return re.compile("|".join(f"(?P<p{number}>\\b{form}\\b)" for number, form in enumerate(forms)) or r"(?!)")


def _plain(text: str) -> str:
    """Lower case, hyphens as spaces, apart from `*` nothing but words."""
    return " ".join(re.sub(r"[^\w*' ]+", " ", text.lower()).split())
