"""Backward simulatability (M1): from an explanation to its strip among K. What the `backward_*` metrics share."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from bench.artifacts import Case, Traversal
from bench.component import component
from bench.interfaces import ChoosingJudge, Judge
from bench.judges.answers import answered, backwards, directed, held_out, texts
from bench.judges.asking import AT_ONCE, all_rotations, drawn, strip_name, text_name
from bench.judges.rivals import Pairs, Rivals
from bench.judges.standings import Standing, standings

Items = list[list[Standing]]  # of one unit: its choices, each with the standings that its rotations gave


@component
class BackwardChoice:
    """Shows a judge the answer for a unit and `options` held-out strips from one reference code: its own and those of rivals.

    There is one choice for each held-out reference code (at most `strips` of them; `None`: all). A judge that scores everything is
    held against every draw of rivals at once, so nothing is left to chance; one that chooses is shown one draw, in every rotation.
    Fewer rivals make a smaller choice. A judge that takes none of the strips is wrong: each unit's own is among them.
    """

    version: ClassVar[int] = 1
    judge: Judge
    rivals: Rivals
    options: Annotated[int, Field(ge=2)]
    strips: Annotated[int, Field(ge=1)] | None

    async def __call__(self, cases: Sequence[Case]) -> list[Items]:
        """The choices of each unit: none without an answer, without a rival, or where every answer of the judge was of no use."""
        units = [k for k in answered(cases) if self.rivals.stratum != "reversed" or directed(cases[k])]
        items: list[Items] = [[] for _ in cases]
        if not units:
            return items
        pairs = self.rivals(cases, self.options)
        for strips in held_out(cases, self.strips):
            found = await self._at(cases, units, pairs, strips)
            for unit, one in zip(units, found, strict=True):
                items[unit] += [one] if one else []
        return items

    async def _at(
        self, cases: Sequence[Case], units: Sequence[int], pairs: Pairs, strips: Sequence[Traversal]
    ) -> list[list[Standing] | None]:
        others = [backwards(strip) for strip in strips] if self.rivals.stratum == "reversed" else strips
        if isinstance(self.judge, ChoosingJudge):
            return await self._asked(self.judge, texts(cases), units, pairs, strips, others)
        said, words = [texts(cases)[unit] for unit in units], cases[0].vocabulary
        scores = self.judge.fits(said, strips, words)
        rival = scores if others is strips else self.judge.fits(said, others, words)
        found = standings(scores[np.arange(len(units)), units], rival, pairs[units], self.options)
        return [[one] if one else None for one in found]

    async def _asked(
        self,
        judge: ChoosingJudge,
        said: Sequence[str],
        units: Sequence[int],
        pairs: Pairs,
        strips: Sequence[Traversal],
        others: Sequence[Traversal],
    ) -> list[list[Standing] | None]:
        gate, names, count = asyncio.Semaphore(AT_ONCE), [strip_name(strip) for strip in others], len(strips)

        async def one(unit: int) -> list[Standing] | None:
            chosen = drawn(text_name(said[unit]) + strip_name(strips[unit]), names, np.flatnonzero(pairs[unit]), self.options - 1)
            shown = [*strips, *others]

            async def ask(order: Sequence[int]) -> int | None:
                return await judge.choose_strip(said[unit], [shown[k] for k in order])

            return await all_rotations(ask, unit, [count + k for k in chosen], gate) if chosen else None

        return await asyncio.gather(*(one(unit) for unit in units))


def mean(values: Sequence[float]) -> float | None:
    """The mean; `None` of nothing."""
    return sum(values) / len(values) if values else None
