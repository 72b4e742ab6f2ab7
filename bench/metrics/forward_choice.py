"""Forward simulatability (M2): from a strip to its explanation among K. What the `forward_*` metrics share."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from bench.artifacts import Case, Traversal
from bench.component import component
from bench.interfaces import ChoosingJudge, Judge
from bench.judges.answers import answered, held_out, texts
from bench.judges.asking import AT_ONCE, all_rotations, drawn, strip_name, text_name
from bench.judges.rivals import Pairs, Rivals
from bench.judges.standings import Standing, standings
from bench.metrics.words import words


@dataclass(frozen=True)
class TextItem:
    """One choice among texts: the standings that its rotations gave, and the best that anybody can do with equal texts."""

    standings: list[Standing]
    ceiling: float


@component
class ForwardChoice:
    """Shows a judge a held-out strip of a unit and `options` answers of the same explainer: its own and those of rivals.

    As `BackwardChoice`, which see. Only units with an answer are rivals. Texts are equal when their words are: then no judge can
    prefer one, and the ceiling of the choice is 1 divided by how many are equal, the own one included.
    """

    version: ClassVar[int] = 1
    judge: Judge
    rivals: Rivals
    options: Annotated[int, Field(ge=2)]
    strips: Annotated[int, Field(ge=1)] | None

    async def __call__(self, cases: Sequence[Case]) -> list[list[TextItem]]:
        """The choices of each unit: none without an answer, without a rival, or where every answer of the judge was of no use."""
        units, items = answered(cases), [list[TextItem]() for _ in cases]
        if len(units) < 2:
            return items
        pairs = self.rivals(cases, self.options)[np.ix_(units, units)]
        said = [texts(cases)[unit] for unit in units]
        for strips in held_out([cases[unit] for unit in units], self.strips):
            found = await self._at(cases[0], said, pairs, strips)
            for unit, one in zip(units, found, strict=True):
                items[unit] += [one] if one else []
        return items

    async def _at(self, case: Case, said: Sequence[str], pairs: Pairs, strips: Sequence[Traversal]) -> list[TextItem | None]:
        same = _same_words(said)
        if isinstance(self.judge, ChoosingJudge):
            return await self._asked(self.judge, said, pairs, strips, same)
        scores = self.judge.fits(said, strips, case.vocabulary).T
        found = standings(scores.diagonal(), scores, pairs, self.options)
        best = standings(np.ones(len(said)), same.astype(np.float64), pairs, self.options)
        return [TextItem([one], top.chosen) if one and top else None for one, top in zip(found, best, strict=True)]

    async def _asked(
        self, judge: ChoosingJudge, said: Sequence[str], pairs: Pairs, strips: Sequence[Traversal], same: Pairs
    ) -> list[TextItem | None]:
        gate, names = asyncio.Semaphore(AT_ONCE), [text_name(text) for text in said]

        async def one(unit: int) -> TextItem | None:
            own = names[unit] + strip_name(strips[unit])
            chosen = drawn(own, names, np.flatnonzero(pairs[unit]), self.options - 1)

            async def ask(order: Sequence[int]) -> int | None:
                return await judge.choose_text(strips[unit], [said[k] for k in order])

            found = await all_rotations(ask, unit, chosen, gate) if chosen else None
            return TextItem(found, 1 / (1 + int(same[unit, chosen].sum()))) if found else None

        return await asyncio.gather(*(one(unit) for unit in range(len(said))))


def _same_words(said: Sequence[str]) -> Pairs:
    numbers: dict[tuple[str, ...], int] = {}
    of = np.array([numbers.setdefault(tuple(words(text)), len(numbers)) for text in said], int)
    return np.asarray(of[:, None] == of[None])
