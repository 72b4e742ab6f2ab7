"""A panel of lines, each with one mark per series on a common scale, and the interval behind the mark."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.reports.figures.scale import Scale, tick_label
from bench.reports.figures.svg import COLOURS, drawing, element, mark, title, words

WIDTH, LEFT, RIGHT = 360.0, 118.0, 14.0
PITCH, AIR, TOP, BOTTOM = 13.0, 10.0, 6.0, 24.0
NAME = 17  # characters of a name beside a line
START, END = LEFT, WIDTH - RIGHT


@dataclass(frozen=True)
class Dot:
    """One mean: on which line, of which series, with its interval; `about` is shown on hovering. A hollow mark says less."""

    line: int
    series: int
    mean: float
    low: float | None
    high: float | None
    about: str
    hollow: bool = False


def strip_plot(lines: Sequence[str], faint: Sequence[bool], dots: Sequence[Dot], series: int, scale: Scale, about: str) -> str:
    """The drawing; `faint` lines are controls. A reference line stands at 0 where 0 lies within the scale."""
    tall = PITCH * max(1, series) + AIR
    bottom = TOP + tall * len(lines)
    parts = [_ticks(scale, bottom)]
    for i, (name, control) in enumerate(zip(lines, faint, strict=True)):
        top = TOP + i * tall
        parts.append(element("line", x1=0, x2=WIDTH, y1=top, y2=top, class_="rule") if i else "")
        parts.append(words(name, 0.0, top + tall / 2 + 4, "name faint" if control else "name", most=NAME))
    parts += [_dot(dot, TOP + dot.line * tall + AIR / 2 + PITCH * (dot.series + 0.5), scale) for dot in dots]
    return drawing(WIDTH, bottom + BOTTOM, about, *parts)


def _ticks(scale: Scale, bottom: float) -> str:
    parts = []
    for value in scale.ticks():
        x, kind = scale.at(value), "grid zero" if value == 0 else "grid"
        parts.append(element("line", x1=x, x2=x, y1=TOP, y2=bottom, class_=kind))
        parts.append(words(tick_label(value), x, bottom + 16, "tick", "middle"))
    return "".join(parts)


def _dot(dot: Dot, y: float, scale: Scale) -> str:
    x, span = scale.at(dot.mean), ""
    if dot.low is not None and dot.high is not None:
        ends = {"x1": scale.at(dot.low), "x2": scale.at(dot.high), "y1": y, "y2": y}
        span = element("line", class_=f"span hue{dot.series % COLOURS}", **ends)
    return element("g", title(dot.about), span, mark(dot.series, x, y, dot.hollow))
