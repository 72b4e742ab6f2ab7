"""Scales of axes: from values to places on the page, and where the ticks stand."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
WHOLE = 0.4  # values that take up this share of the bounds are shown between the bounds
FINEST = 1e-9  # values that are closer are one value: what differs is rounding


@dataclass(frozen=True)
class Scale:
    """`low` lies at `start`, `high` at `end`; values beyond them are drawn at the end they passed."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """The place of a value."""
        low, high, here = (math.log10(v) if self.logarithmic else v for v in (self.low, self.high, max(value, self.low)))
        share = min(1.0, (here - low) / (high - low))
        return self.start + share * (self.end - self.start)

    def ticks(self, most: int = 5) -> list[float]:
        """Round values between the ends, `most` at most, but for powers of ten on a logarithmic scale."""
        if self.logarithmic:
            powers = range(math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9) + 1)
            return [10.0**power for power in powers]
        step = _step((self.high - self.low) / (most - 1))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [round(i * step, 12) + 0.0 for i in range(first, last + 1)]


def fitted(values: Sequence[float], bounds: tuple[float, float], start: float, end: float, around: float | None = None) -> Scale:
    """A scale that holds all values and ends at round numbers within the bounds; `around` is a value that must be seen, such as 0.

    The whole range between the bounds is shown where the values take up much of it.
    """
    seen = [*values, *([] if around is None else [around])] or list(bounds)
    low, high = min(seen), max(seen)
    if high - low >= WHOLE * (bounds[1] - bounds[0]) and around is None:
        return Scale(*bounds, start, end)
    spread = high - low if high - low > FINEST else 0.0
    room = spread * 0.08 or (bounds[1] - bounds[0]) * 0.05 or 1.0
    step = _step((spread + 2 * room) / 4)
    low, high = math.floor((low - room) / step) * step, math.ceil((high + room) / step) * step
    if around is None:
        low, high = max(low, bounds[0]), min(high, bounds[1])
    return Scale(round(low, 12), round(high, 12), start, end)


def decades(values: Sequence[float], start: float, end: float) -> Scale:
    """A logarithmic scale over whole powers of ten."""
    low, high = math.floor(math.log10(min(values)) + 1e-9), math.ceil(math.log10(max(values)) - 1e-9)
    return Scale(10.0**low, 10.0 ** max(high, low + 1), start, end, logarithmic=True)


def tick_label(value: float) -> str:
    """A tick in as few characters as it takes, with a true minus sign."""
    return (f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}").replace("-", "\u2212")


def _step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in STEPS if step * power >= rough - 1e-12)
