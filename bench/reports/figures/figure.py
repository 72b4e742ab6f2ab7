"""What a figure of the page is: panels side by side, one legend, and the same numbers as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.reports.listing import Listing


@dataclass(frozen=True)
class Panel:
    """One drawing with its headline."""

    title: str
    drawing: str


@dataclass(frozen=True)
class Figure:
    """`about` says how to read it; `legend` names the series in order; `table` is for those who do not see the drawing."""

    name: str
    title: str
    about: str
    panels: tuple[Panel, ...]
    legend: tuple[str, ...]
    table: Listing


def spread(mean: float | None, low: float | None, high: float | None, signed: bool = False) -> str:
    """A mean with its interval: "0.512 [0.431, 0.590]"."""
    if mean is None:
        return "—"
    form = "+.3f" if signed else ".3f"
    span = "" if low is None or high is None else f" [{low:{form}}, {high:{form}}]"
    return f"{mean:{form}}{span}"


def several(names: Sequence[str]) -> str:
    """Names as a phrase, cut after six: "a, b and 7 more"."""
    return ", ".join(names) if len(names) <= 6 else f"{', '.join(names[:5])} and {len(names) - 5} more"
