"""A panel with two scales: curves with bands, or marks with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.reports.figures.scale import Scale, tick_label
from bench.reports.figures.svg import COLOURS, drawing, element, mark, title, words

WIDTH, HEIGHT = 360.0, 286.0
X_START, X_END, Y_START, Y_END = 54.0, 346.0, 238.0, 10.0  # y grows downwards on a page


@dataclass(frozen=True)
class Curve:
    """Points from left to right with the ends of their intervals; the band is left out without them."""

    series: int
    points: Sequence[tuple[float, float]]
    band: Sequence[tuple[float, float]]
    about: str


@dataclass(frozen=True)
class Spot:
    """A mark with its interval upwards and downwards."""

    series: int
    x: float
    y: float
    low: float | None
    high: float | None
    about: str


@dataclass(frozen=True)
class Scales:
    """The two scales of a panel, and what they measure."""

    x: Scale
    y: Scale
    across: str
    upwards: str


def square_plot(
    scales: Scales, about: str, curves: Sequence[Curve] = (), spots: Sequence[Spot] = (), diagonal: bool = False
) -> str:
    """The drawing; `diagonal` adds the line on which both are equal."""
    parts = [_frame(scales)]
    if diagonal:
        ends = {"x1": scales.x.at(0.0), "x2": scales.x.at(1.0), "y1": scales.y.at(0.0), "y2": scales.y.at(1.0)}
        parts.append(element("line", class_="diagonal", **ends))
    parts += [_band(curve, scales) for curve in curves] + [_curve(curve, scales) for curve in curves]
    parts += [_spot(spot, scales) for spot in spots]
    return drawing(WIDTH, HEIGHT, about, *parts)


def _frame(scales: Scales) -> str:
    parts = []
    for value in scales.x.ticks():
        x = scales.x.at(value)
        parts += [element("line", x1=x, x2=x, y1=Y_START, y2=Y_START + 4, class_="grid")]
        parts += [words(tick_label(value), x, Y_START + 17, "tick", "middle")]
    for value in scales.y.ticks():
        y = scales.y.at(value)
        parts += [element("line", x1=X_START, x2=X_END, y1=y, y2=y, class_="grid")]
        parts += [words(tick_label(value), X_START - 7, y + 4, "tick", "end")]
    parts.append(words(scales.across, (X_START + X_END) / 2, HEIGHT - 8, "tick label", "middle"))
    turned = element(
        "g",
        words(scales.upwards, 0.0, 0.0, "tick label", "middle"),
        transform=f"translate(10 {(Y_START + Y_END) / 2:g}) rotate(-90)",
    )
    return "".join([*parts, turned])


def _band(curve: Curve, scales: Scales) -> str:
    if not curve.band:
        return ""
    xs = [scales.x.at(x) for x, _ in curve.points]
    there = [f"{x:.1f} {scales.y.at(high):.1f}" for x, (_, high) in zip(xs, curve.band, strict=True)]
    back = [f"{x:.1f} {scales.y.at(low):.1f}" for x, (low, _) in zip(xs, curve.band, strict=True)]
    return element("path", d=f"M{'L'.join([*there, *reversed(back)])}Z", class_=f"band hue{curve.series % COLOURS}")


def _curve(curve: Curve, scales: Scales) -> str:
    way = "L".join(f"{scales.x.at(x):.1f} {scales.y.at(y):.1f}" for x, y in curve.points)
    last_x, last_y = curve.points[-1]
    line = element("path", d=f"M{way}", class_=f"curve hue{curve.series % COLOURS}")
    return element("g", title(curve.about), line, mark(curve.series, scales.x.at(last_x), scales.y.at(last_y)))


def _spot(spot: Spot, scales: Scales) -> str:
    x, y, span = scales.x.at(spot.x), scales.y.at(spot.y), ""
    if spot.low is not None and spot.high is not None:
        ends = {"x1": x, "x2": x, "y1": scales.y.at(spot.low), "y2": scales.y.at(spot.high)}
        span = element("line", class_=f"span hue{spot.series % COLOURS}", **ends)
    return element("g", title(spot.about), span, mark(spot.series, x, y))
