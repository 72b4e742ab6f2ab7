"""Risk and coverage: how often the surest answers are wrong, as more and more of them are accepted."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from bench.metrics.certain import Certain
from bench.metrics.risk_coverage import area, risks
from bench.reports.figures.figure import Figure, Panel, spread
from bench.reports.figures.scale import Scale
from bench.reports.figures.square_plot import X_END, X_START, Y_END, Y_START, Curve, Scales, square_plot
from bench.reports.figures.sure import independent, joined
from bench.reports.listing import Listing

COVERAGES = np.linspace(0.02, 1.0, 50)
DRAWS = 400
UNIT = Scales(Scale(0.0, 1.0, X_START, X_END), Scale(0.0, 1.0, Y_START, Y_END), "coverage", "risk")


def risk_coverage(answers: Mapping[str, Sequence[Certain]]) -> Figure | None:
    """One curve per explainer, with a band; `None` when nobody gave a certainty."""
    if not answers:
        return None
    curves, lines = [], []
    for i, (name, parts) in enumerate(answers.items()):
        every, drawn = joined(parts), _drawn(independent(parts))
        risk = _curve(every)
        low, high = np.quantile(drawn, (0.025, 0.975), axis=0) if len(drawn) else (risk, risk)
        areas = np.quantile(drawn.mean(axis=1), (0.025, 0.975)) if len(drawn) else (None, None)
        told = spread(area(every), *areas)
        curves.append(Curve(i, list(zip(COVERAGES, risk, strict=True)), list(zip(low, high, strict=True)), f"{name}: area {told}"))
        lines.append((name, told, *(f"{risk[at]:.3f}" for at in (9, 24, 49)), str(len(every.true)), str(len(parts))))
    heads = ("explainer", "area [95 % interval]", "risk at 20 %", "at 50 %", "at 100 %", "answers", "clusters")
    drawing = square_plot(UNIT, "Risk by coverage. " + "; ".join(f"{line[0]}: area {line[1]}" for line in lines), curves)
    about = (
        "Share of wrong answers among the surest ones, by the share of answers accepted; lower is better, and rising to the right "
        "means that certainty knows something. Right: exactly the true factors. Bands: 95 % at each coverage, over clusters."
    )
    return Figure("risk", "Risk and coverage", about, (Panel("", drawing),), tuple(answers), Listing(heads, tuple(lines), (), 1))


def _curve(answers: Certain) -> Float64[ndarray, " coverages"]:
    """The risk at each of `COVERAGES`, by straight lines between whole numbers of answers."""
    found = risks(answers)
    curve: ndarray = np.interp(COVERAGES * len(found), np.arange(1, len(found) + 1), found)
    return curve


def _drawn(parts: Sequence[Certain]) -> Float64[ndarray, "draws coverages"]:
    """Curves of clusters drawn with replacement; none when there are fewer than two."""
    if len(parts) < 2:
        return np.zeros((0, len(COVERAGES)))
    rng = np.random.default_rng(0)
    picks = rng.integers(0, len(parts), (DRAWS, len(parts)))
    return np.array([_curve(joined([parts[i] for i in pick])) for pick in picks])
