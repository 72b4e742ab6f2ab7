"""Calibration: how often answers of a certainty are right (a reliability diagram, Niculescu-Mizil & Caruana 2005)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from bench.metrics.certain import Certain
from bench.reports.figures.figure import Figure, Panel, spread
from bench.reports.figures.scale import Scale
from bench.reports.figures.square_plot import X_END, X_START, Y_END, Y_START, Scales, Spot, square_plot
from bench.reports.figures.sure import joined
from bench.reports.interval import interval
from bench.reports.listing import Listing

BINS, SMALLEST = 10, 10  # bins of equal mass, with as many answers on average at least
DRAWS = 2_000
UNIT = Scales(Scale(0.0, 1.0, X_START, X_END), Scale(0.0, 1.0, Y_START, Y_END), "certainty", "share right")


class Bin(NamedTuple):
    """Answers of similar certainty: its mean, the share of right ones with its interval, and how many there are."""

    certainty: float
    share: float
    low: float | None
    high: float | None
    answers: int


def calibration(answers: Mapping[str, Sequence[Certain]]) -> Figure | None:
    """One mark per bin and explainer; `None` when nobody gave a certainty."""
    if not answers:
        return None
    found = {name: binned(parts) for name, parts in answers.items()}
    spots = [
        Spot(
            i, b.certainty, b.share, b.low, b.high, f"{name}, certainty {b.certainty:.2f}: {spread(*b[1:4])} right, n = {b.answers}"
        )
        for i, (name, bins) in enumerate(found.items())
        for b in bins
    ]
    lines = tuple((name, f"{b.certainty:.3f}", spread(*b[1:4]), str(b.answers)) for name, bins in found.items() for b in bins)
    drawing = square_plot(UNIT, "Share right by certainty: " + "; ".join(spot.about for spot in spots), spots=spots, diagonal=True)
    about = (
        "Share of right answers by their certainty, in bins of equal size. On the diagonal a certainty means what it says; below "
        "it the explainer is too sure. Intervals: 95 % over clusters."
    )
    table = Listing(("explainer", "certainty", "share right [95 % interval]", "answers"), lines, (), 1)
    return Figure("calibration", "Calibration", about, (Panel("", drawing),), tuple(answers), table)


def binned(parts: Sequence[Certain]) -> list[Bin]:
    """Bins of equal mass over all clusters. Equal certainties are never parted: a block goes where its middle lies."""
    every = joined(parts)
    n = len(every.true)
    bins = max(1, min(BINS, n // SMALLEST))
    levels, sizes = np.unique(every.certainty, return_counts=True)
    places = (2 * np.cumsum(sizes) - sizes) * bins // (2 * n)
    return [_bin(parts, levels[places == place]) for place in np.unique(places)]


def _bin(parts: Sequence[Certain], levels: np.ndarray) -> Bin:
    kept = [np.isin(part.certainty, levels) for part in parts]
    sure = np.concatenate([part.certainty[keep] for part, keep in zip(parts, kept, strict=True)])
    right = [part.true[keep].astype(float).tolist() for part, keep in zip(parts, kept, strict=True)]
    low, high = interval(right, DRAWS, 0) or (None, None)
    every = [value for part in right for value in part]
    return Bin(float(sure.mean()), sum(every) / len(every), low, high, len(every))
