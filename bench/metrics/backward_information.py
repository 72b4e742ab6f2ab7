"""How much the choices of a reader tell about the unit an answer was for (M1): mutual information of their confusions."""

import asyncio
from collections.abc import Sequence
from math import log
from typing import Annotated, ClassVar, Literal

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Case, Traversal
from bench.component import component
from bench.interfaces import Aspect, ChoosingJudge, Judge
from bench.judges.answers import answered, held_out, texts
from bench.judges.asking import AT_ONCE, gathered
from bench.judges.rivals import active, alike
from bench.judges.standings import TIE

Confusion = Float64[ndarray, "meanings choices"]


@component
class BackwardInformation:
    """I(meaning; chosen meaning) / log K, a reader choosing among all K active meanings at once: higher is better, 0 to 1.

    It is shown the held-out strips of every active unit from one reference code (at most `strips` of them; `None`: all); ties are
    split, and "none of them" is a choice of its own. Bias corrected after Miller and Madow (1955). Units that mean the same count
    as one. `None` with fewer than two meanings. Ceiling: 1. Floor: 0, a choice that does not depend on the answer. Blind to whether
    the choices are right: answers that are swapped throughout tell as much, so read it beside `backward_accuracy`.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "cell"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset()
    compares_units: ClassVar[bool] = True
    judge: Judge
    strips: Annotated[int, Field(ge=1)] | None

    async def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """A single value for the cell."""
        shown = [k for k, case in enumerate(cases) if active(case)]
        units = [k for k in answered(cases) if k in set(shown)]
        if len(units) < 2 or len(set((meanings := alike(cases).argmax(1))[units])) < 2:
            return [None]
        columns = np.append(np.unique(meanings[shown], return_inverse=True)[1], len(cases))
        counts = np.zeros((len(cases), len(cases) + 1))
        for strips in held_out(cases, self.strips):
            for unit, chosen in zip(units, await self._chosen(cases, units, [strips[k] for k in shown]), strict=True):
                np.add.at(counts[meanings[unit]], columns, chosen)
        return [information(counts) / log(len(set(meanings[shown]))) if counts.any() else None]

    async def _chosen(
        self, cases: Sequence[Case], units: Sequence[int], strips: Sequence[Traversal]
    ) -> Float64[ndarray, "units choices"]:
        """For each unit the share of its choice that fell on each strip, and at the end on none; all 0 without a usable answer."""
        said, shares = [texts(cases)[unit] for unit in units], np.zeros((len(units), len(strips) + 1))
        if not isinstance(self.judge, ChoosingJudge):
            scores = self.judge.fits(said, strips, cases[0].vocabulary)
            best = scores >= scores.max(1, keepdims=True) - TIE
            shares[:, :-1] = best / best.sum(1, keepdims=True)
            return shares
        for share, place in zip(shares, await _asked(self.judge, said, strips), strict=True):
            if not isinstance(place, Exception):
                share[len(strips) if place is None else place] = 1
        return shares


async def _asked(judge: ChoosingJudge, said: Sequence[str], strips: Sequence[Traversal]) -> Sequence[int | Exception | None]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(text: str) -> int | None:
        async with gate:
            return await judge.choose_strip(text, strips)

    return await gathered([one(text) for text in said])


def information(counts: Confusion) -> float:
    """Mutual information of rows and columns in nats, Miller-Madow corrected, between 0 and what the rows hold."""
    rows = _entropy(counts.sum(1))
    found = rows + _entropy(counts.sum(0)) - _entropy(counts.ravel())
    return float(min(max(found, 0.0), log(np.count_nonzero(counts.sum(1)))))


def _entropy(counts: Float64[ndarray, " n"]) -> float:
    total, seen = counts.sum(), counts[counts > 0]
    return float((seen / total * np.log(total / seen)).sum() + (len(seen) - 1) / (2 * total))
