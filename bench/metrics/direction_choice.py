"""Whether a reader tells which way a unit went (M3): a choice between the two ends of a strip."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Case, Traversal
from bench.component import component
from bench.errors import ClientError
from bench.interfaces import Aspect, ChoosingJudge, Judge
from bench.judges.answers import answered
from bench.judges.asking import AT_ONCE, gathered
from bench.judges.standings import TIE
from bench.metrics.backward_choice import mean


@component
class DirectionChoice:
    """From the answer and the two end frames of a held-out strip, which has the larger value: 1 right, 0 wrong, 0.5 cannot be told.

    Mean over held-out strips whose ends differ (at most `strips`; `None`: all). Higher is better, 0 to 1. A judge that chooses sees
    the ends in both orders. `None` without an answer and where no ends differ, as with inactive units; truth is not needed.
    Ceiling: 1. Floor: 0.5, an answer without a direction or one by chance; below it, directions are reversed. Blind to changes that
    come back to where they began, and to claims about factors that do not change.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"directions", "pictures"})
    judge: Judge
    strips: Annotated[int, Field(ge=1)] | None

    async def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        units = [unit for unit in answered(cases) for _ in self._strips(cases[unit])]
        strips = [strip for unit in answered(cases) for strip in self._strips(cases[unit])]
        points: list[list[float]] = [[] for _ in cases]
        if strips:
            for unit, rising in zip(units, await self._rising([cases[unit] for unit in units], strips), strict=True):
                points[unit] += [] if np.isnan(rising) else [0.5 if abs(rising - 0.5) <= TIE else float(rising > 0.5)]
        return [mean(own) for own in points]

    def _strips(self, case: Case) -> list[Traversal]:
        return [strip for strip in case.traversals.held_out[: self.strips] if (strip.images[0, 0] != strip.images[0, -1]).any()]

    async def _rising(self, cases: Sequence[Case], strips: Sequence[Traversal]) -> Float64[ndarray, " pairs"]:
        """The probability that the last frame of each strip has the larger value; NaN where the judge's answers are of no use."""
        said = [case.explanation.text or "" for case in cases]
        if not isinstance(self.judge, ChoosingJudge):
            return self.judge.rises(said, strips, cases[0].vocabulary)
        gate = asyncio.Semaphore(AT_ONCE)
        pairs = zip(said, strips, strict=True)
        return np.array(await asyncio.gather(*(_asked(self.judge, text, strip, gate) for text, strip in pairs)))


async def _asked(judge: ChoosingJudge, text: str, strip: Traversal, gate: asyncio.Semaphore) -> float:
    first, last = strip.images[0, 0], strip.images[0, -1]

    async def one(ends: tuple[ndarray, ndarray]) -> int | None:
        async with gate:
            return await judge.choose_end(text, ends)

    places = await gathered([one((first, last)), one((last, first))])
    if any(isinstance(place, ClientError) for place in places):
        return float("nan")
    return sum(0.5 if place is None else float(place == last_at) for place, last_at in zip(places, (1, 0), strict=True)) / 2
