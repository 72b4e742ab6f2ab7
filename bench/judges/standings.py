"""Where the right option stands in a choice of K, and what chance makes of that."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray

TIE = 1e-9  # scores nearer than this are equal, so that the order of a sum decides nothing


@dataclass(frozen=True)
class Standing:
    """Of `rivals`, `better` are preferred to the right option and `equal` are held for as good.

    In one choice, `options` - 1 of the rivals are shown beside the right option, each such draw equally likely; ties are broken by
    chance. All values are exact expectations over both, so that nothing is drawn where a judge has scored everything.
    """

    better: int
    equal: int
    rivals: int
    options: int

    @property
    def chosen(self) -> float:
        """The probability that the right option is taken."""
        return _ranks(self)[0]

    @property
    def reciprocal(self) -> float:
        """The expected reciprocal of its rank."""
        return sum(share / rank for rank, share in enumerate(_ranks(self), start=1))

    @property
    def alone(self) -> float:
        """The probability that it beats all others, so that no order in which they are shown could change the choice."""
        return comb(self.rivals - self.better - self.equal, self.options - 1) / comb(self.rivals, self.options - 1)


@lru_cache(maxsize=65_536)
def _ranks(standing: Standing) -> tuple[float, ...]:
    """The probability of each rank from 1 to K: hypergeometric in those better and those equal, uniform within a tie."""
    better, equal, shown = standing.better, standing.equal, standing.options - 1
    rest, draws = standing.rivals - better - equal, comb(standing.rivals, shown)
    shares = [0.0] * (shown + 1)
    for ahead in range(min(better, shown) + 1):
        for beside in range(min(equal, shown - ahead) + 1):
            share = comb(better, ahead) * comb(equal, beside) * comb(rest, shown - ahead - beside) / draws
            for rank in range(ahead, ahead + beside + 1):
                shares[rank] += share / (beside + 1)
    return tuple(shares)


def standings(
    own: Float64[ndarray, " n"], scores: Float64[ndarray, "n others"], rivals: Bool[ndarray, "n others"], options: int
) -> list[Standing | None]:
    """The standing of each `own` score among those of its rivals; `None` without a rival. Fewer rivals make a smaller choice."""
    better = ((scores > own[:, None] + TIE) & rivals).sum(1)
    equal = ((np.abs(scores - own[:, None]) <= TIE) & rivals).sum(1)
    counts: Sequence[tuple[int, int, int]] = list(zip(better.tolist(), equal.tolist(), rivals.sum(1).tolist(), strict=True))
    return [Standing(b, e, n, min(options, n + 1)) if n else None for b, e, n in counts]


def choice(taken: int | None, own: int, options: int) -> Standing:
    """The standing that one choice shows: the right option first; or one other before it and the rest alike; or, none, last."""
    rivals = options - 1
    if taken is None:
        return Standing(rivals, 0, rivals, options)
    return Standing(0, 0, rivals, options) if taken == own else Standing(1, rivals - 1, rivals, options)
