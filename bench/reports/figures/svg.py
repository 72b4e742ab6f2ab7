"""A few lines to write SVG: elements with escaped attributes and texts. Colours and fonts are left to the style sheet."""

from html import escape

from bench.reports.printable import printable

SHAPES = ("circle", "square", "diamond", "triangle", "cross")
COLOURS = 8  # classes hue0 to hue7 of the style sheet


def element(name: str, *inside: str, **attributes: str | int | float | None) -> str:
    """`<name attributes>inside</name>`; `inside` is SVG already. In names of attributes `_` is `-`, and nothing at the end."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"' for key, value in attributes.items() if value is not None
    )
    return f"<{name}{given}>{''.join(inside)}</{name}>" if inside else f"<{name}{given}/>"


def words(text: str, x: float, y: float, kind: str, anchor: str = "start", most: int = 0) -> str:
    """A line of text; with `most`, a longer one is cut and shown whole on hovering."""
    shown = printable(text)
    short = shown if not most or len(shown) <= most else shown[: most - 1] + "…"
    hover = [] if short == shown else [title(shown)]
    return element("text", *hover, escape(short), x=x, y=y, class_=kind, text_anchor=anchor)


def title(text: str) -> str:
    """What a pointer shows over the element that holds it."""
    return element("title", escape(printable(text)))


def mark(series: int, x: float, y: float, hollow: bool = False) -> str:
    """The sign of a series: every series has its colour and its shape, so that neither is needed to tell it from the others."""
    kind = f"mark hue{series % COLOURS}{' hollow' if hollow else ''}"
    match SHAPES[series % len(SHAPES)]:
        case "circle":
            return element("circle", cx=x, cy=y, r=4, class_=kind)
        case "square":
            return element("path", d=f"M{_value(x - 3.6)} {_value(y - 3.6)}h7.2v7.2h-7.2z", class_=kind)
        case "diamond":
            return element("path", d=f"M{_value(x)} {_value(y - 5)}l5 5l-5 5l-5 -5z", class_=kind)
        case "triangle":
            return element("path", d=f"M{_value(x)} {_value(y - 4.8)}l4.8 8.4h-9.6z", class_=kind)
        case _:
            return element("path", d=f"M{_value(x - 4)} {_value(y - 1.5)}h2.5v-2.5h3v2.5h2.5v3h-2.5v2.5h-3v-2.5h-2.5z", class_=kind)


def drawing(width: float, height: float, about: str, *inside: str) -> str:
    """A whole picture; `about` is read out in its place."""
    size = f"0 0 {_value(width)} {_value(height)}"
    return element("svg", *inside, class_="plot", viewBox=size, role="img", aria_label=printable(about))


def _value(value: str | int | float) -> str:
    return escape(printable(value)) if isinstance(value, str) else f"{round(value, 2):g}"
