"""From the shares of a unit's effect to its status, for exact and for recovered truth alike."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bench.artifacts import Effect
from bench.component import component

Share = Annotated[float, Field(ge=0, le=1)]


@component
class StatusRules:
    """Thresholds on shares. Shares travel better between numbers of factors than disentanglement scores do.

    The literature has no standard cut for "entangled", so these are proposals, and tables say how results move with them.
    Two-factor is asked before entangled: two halves of which neither reaches `entangled_below` are two-factor.
    """

    version: ClassVar[int] = 1
    clean_top: Share  # clean: the top share is at least this
    clean_second: Share  # and the second at most this
    two_sum: Share  # two-factor: the top two together are at least this
    two_second: Share  # and the second at least this
    entangled_part: Share  # entangled: three or more shares above this
    entangled_below: Share  # or a top share below this
    named: Share  # a full answer names the factors with a share above this

    def status(self, shares: Mapping[str, float]) -> Literal["clean", "two_factor", "entangled", "mixed"]:
        """The status of a unit that has an effect; `shares` sum to 1."""
        top, second, *_ = (*sorted(shares.values(), reverse=True), 0.0, 0.0)
        if top >= self.clean_top and second <= self.clean_second:
            return "clean"
        if top + second >= self.two_sum and second >= self.two_second:
            return "two_factor"
        if top < self.entangled_below or sum(share > self.entangled_part for share in shares.values()) >= 3:
            return "entangled"
        return "mixed"

    def effects(self, shares: Mapping[str, float], signs: Mapping[str, Literal[-1, 1] | None]) -> tuple[Effect, ...]:
        """The factors that a full answer names, largest share first: those above `named`, and the top one in any case."""
        ordered = sorted(shares, key=lambda name: -shares[name])
        named = [name for name in ordered if shares[name] > self.named] or ordered[:1]
        return tuple(Effect(name, shares[name], signs[name]) for name in named)
