"""Which measured changes of a strip are real: larger than pixels, blur and other changes make them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from bench.component import component
from bench.errors import ConfigError
from bench.explainers.measurements import Measurements
from bench.explainers.moments import traits
from bench.explainers.trends import Trend, circle, line, outline
from bench.explainers.turns import turn

ASPECTS = ("position_x", "position_y", "size", "turn", "outline", "brightness", "colour", "upper_colour", "lower_colour")

PerStrip = Float64[ndarray, " strips"]


@dataclass(frozen=True)
class Change:
    """A change of one aspect: how large, in shares of its range, which way (0: no single way), and how far to trust the way."""

    effect: float
    sign: int
    trust: float


Changes = Mapping[str, Change]


@component
class Significance:
    """Decides what counts as a change of a strip.

    A change must reach its value in `floors`, and `errors` times the standard error that whole pixels leave. `ranges` is what a
    large change of the aspect measures, so that changes of different aspects can be compared. Some changes bring others along and
    raise their floors: where the outline changes, size must change by `size_of_outlines`; where size or outline changes,
    brightness must change by `dimming`; where the object turns or its outline changes, its position must change by `swing` of its
    radius. A change has a sign when its net is at least `straight` of its path.
    """

    version: ClassVar[int] = 1
    floors: Mapping[str, float]
    ranges: Mapping[str, float]
    errors: float
    size_of_outlines: float
    dimming: float
    swing: float
    straight: float

    def __post_init__(self) -> None:
        for name, given in (("floors", self.floors), ("ranges", self.ranges)):
            if set(given) != set(ASPECTS) or min(given.values()) <= 0:
                raise ConfigError(f"{name}: expected a value above 0 for each of {ASPECTS}, got {dict(given)}")

    def __call__(self, measured: Measurements) -> list[Changes]:
        """The changes of each strip."""
        trends = self._trends(measured)
        least = self._least(trends, measured)
        return [
            {
                name: Change(
                    min(1.0, float(trend.extent[strip]) / self.ranges[name]), int(trend.sign[strip]), float(trend.trust[strip])
                )
                for name, trend in trends.items()
                if trend.extent[strip] >= least[name][strip]
            }
            for strip in range(len(measured.radius))
        ]

    def _trends(self, measured: Measurements) -> dict[str, Trend]:
        found = {name: line(series, self.straight) for name, series in measured.scalars.items()}
        found |= {name: circle(series, self.straight) for name, series in measured.hues.items()}
        found["outline"] = outline(traits(measured.harmonics), found["size"].extent >= self.size_of_outlines)
        morph = self.floors["outline"]
        morphs = found["outline"].extent >= morph
        found["turn"] = turn(measured.harmonics, measured.harmonic_errors, morph, morphs, self.straight)
        return found

    def _least(self, trends: Mapping[str, Trend], measured: Measurements) -> dict[str, PerStrip]:
        """What each aspect must reach in each strip."""
        least = {name: np.full(len(trend.extent), self.floors[name]) for name, trend in trends.items()}
        for name, error in measured.errors.items():
            least[name] = np.maximum(least[name], self.errors * error)
        morphs, turns, sizes = (trends[name].extent >= least[name] for name in ("outline", "turn", "size"))
        brought = {
            "size": morphs * self.size_of_outlines,
            "brightness": (morphs | sizes) * self.dimming,
            "position_x": (morphs | turns) * self.swing * measured.radius,
            "position_y": (morphs | turns) * self.swing * measured.radius,
        }
        return {name: np.maximum(value, brought.get(name, 0.0)) for name, value in least.items()}
