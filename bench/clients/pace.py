"""How far apart calls of an account start when even one at a time is too much for its server: a rate, found out from refusals."""

import math

from numpy.random import Generator

from bench.clients.retries import wait

FASTER = 1 / 128  # of the gap that each success takes away


class Pace:
    """`gap` is the seconds between the starts of two calls; 0 until one call at a time was refused.

    A refusal sets it to the time since the refusal before, over the calls that were answered in between: what the server takes on
    average. Time in which nobody asked does not count. Each success makes it a little smaller, so that a limit that has risen is
    found. Until a first success after a refusal nothing is known but that it was too early: then rests of doubling length follow.
    """

    def __init__(self, jitter: Generator) -> None:
        self.gap = 0.0
        self._jitter = jitter
        self._refused = -math.inf  # when the server last pushed back
        self._answered = 0  # since then
        self._rests = 0  # since the last success
        self._heard = 0.0  # when the server last said anything

    def answered(self, now: float) -> None:
        """A call succeeded."""
        self._heard = now
        self._answered += 1
        self._rests = 0
        self.gap *= 1 - FASTER

    def idled(self, now: float) -> None:
        """A call comes after a while without any."""
        self._refused += now - self._heard
        self._heard = now

    def since(self, now: float) -> float:
        """Seconds since the server last pushed back, without those in which nobody asked."""
        return now - self._refused

    def refused(self, now: float, alone: bool, asked: float | None) -> float | None:
        """The server pushed back, against a call that was `alone` or against several: how long to rest, `None` for not at all."""
        if alone and self._answered and math.isfinite(self._refused):
            self.gap = max(self.gap, self.since(now) / self._answered)
        self._refused, self._heard, self._answered = now, now, 0
        if alone and asked is None:
            self._rests += 1
            return wait(self._rests, None, self._jitter)
        return asked
