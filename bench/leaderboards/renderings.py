"""A board as Markdown, HTML, CSV and LaTeX. Every text of others is shown as text in each of them."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench.leaderboards.board import Board, Standing
from bench.leaderboards.footnotes import notes
from bench.reports import latex, markdown
from bench.reports.direction import arrow
from bench.reports.listing import Listing
from bench.reports.notes import MARK
from bench.reports.page import policy
from bench.reports.printable import printable
from bench.reports.spreadsheet import literal
from bench.reports.statistics import Summary

NOTHING = "—"
LONGEST = 120  # characters of a name in a table; the CSV has all of it
NAMES = 3  # columns that are words


def listing(board: Board) -> Listing:
    """The board as words: place, group and contestant, then numbers."""
    first = board.standings[0].summaries
    heads = [f"{metric} {arrow(s.higher_is_better)}" for metric, s in zip(board.metrics, first, strict=True)]
    fixed = ("place", "group", "explainer", "normalised", "detectable", "answered/abstained/failed")
    return Listing(
        (*fixed[:NAMES], *heads, *fixed[NAMES:]), tuple(_words(one) for one in board.standings), tuple(notes(board)), NAMES
    )


def as_markdown(board: Board) -> str:
    """A pipe table below a title."""
    return f"# {markdown.escaped(board.task.rules.title)}\n\n{listing(board).markdown()}"


def as_csv(board: Board) -> str:
    """Full precision, a column a number; what is not defined is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    parts = ("mean", "low", "high", "scored", "total", "clusters")
    fixed = (
        "explainer",
        "submission",
        "group",
        "place",
        "place/low",
        "place/high",
        "normalised",
        "normalised/low",
        "normalised/high",
    )
    more = ("detectable", "answered", "abstained", "failed", "task", "version")
    writer.writerow([*fixed, *more, *(literal(f"{metric}/{part}") for metric in board.metrics for part in parts)])
    for one in board.standings:
        rank, scaled = one.rank, one.normalised
        numbers = [getattr(rank, part, None) for part in ("place", "low", "high")]
        numbers += [getattr(scaled, part, None) for part in ("value", "low", "high")] + [one.detectable, *one.outcomes]
        names = [literal(one.contestant), literal(one.submission), literal(one.group)]
        task = [literal(board.task.name), board.task.version]
        values = [getattr(summary, part) for summary in one.summaries for part in parts]
        writer.writerow([*names, *map(_exact, numbers), *task, *map(_exact, values)])
    return text.getvalue()


def as_latex(board: Board) -> str:
    """A booktabs table; needs only `booktabs`."""
    words = listing(board)
    columns = "l" * NAMES + "r" * (len(words.heads) - NAMES)
    best = board.standings[0].contestant if board.standings[0].rank else None
    body = [_latex_row(line, line[2] == _short(best or "")) for line in words.lines]
    candidates = sum(one.rank is not None for one in board.standings)
    if 0 < candidates < len(body):
        body.insert(candidates, r"\midrule")
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{latex.escaped(board.task.rules.title)}}}",
            rf"\label{{tab:{''.join(c for c in board.task.name if c.isalnum() or c in ':-.')}}}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            _latex_row(words.heads, False),
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
            rf"\par\smallskip\begin{{minipage}}{{\linewidth}}\footnotesize {latex.escaped(' '.join(words.notes))}\end{{minipage}}",
            r"\end{table}",
            "",
        ]
    )


def as_html(board: Board) -> str:
    """One page that asks nothing of any server."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = Path(__file__).parent
    setting = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    setting.filters["printable"] = printable
    style = (folder / "board.css").read_text(encoding="utf-8")
    page = setting.get_template("board.html.j2")
    controls = {_short(one.contestant) for one in board.standings if one.rank is None}
    return page.render(
        title=board.task.rules.title, table=listing(board), style=style, policy=policy(style, ""), controls=controls, names=NAMES
    )


RENDERINGS: Mapping[str, Callable[[Board], str]] = {"md": as_markdown, "html": as_html, "csv": as_csv, "tex": as_latex}


def _words(one: Standing) -> tuple[str, ...]:
    scaled = one.normalised
    share = NOTHING if scaled is None else " ".join(filter(None, (_digits(scaled.value), _span(scaled.low, scaled.high))))
    return (
        _place(one),
        one.group,
        _short(one.contestant),
        *map(_summary, one.summaries),
        share,
        _digits(one.detectable),
        "/".join(map(str, one.outcomes)),
    )


def _place(one: Standing) -> str:
    rank = one.rank
    if rank is None:
        return NOTHING
    return " ".join(filter(None, (f"{rank.place:g}" if rank.place else NOTHING, _span(rank.low, rank.high, 0))))


def _short(name: str) -> str:
    shown = printable(name)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def _summary(summary: Summary) -> str:
    span = _span(summary.low, summary.high)
    marked = span + MARK if span and summary.few_clusters else span
    return " ".join(filter(None, (_digits(summary.mean), marked, f"{summary.scored}/{summary.total}")))


def _span(low: float | None, high: float | None, digits: int = 3) -> str:
    if low is None or high is None:
        return ""
    return f"[{low:g}, {high:g}]" if not digits else f"[{_digits(low)}, {_digits(high)}]"


def _digits(value: float | None) -> str:
    if value is None:
        return NOTHING
    shown = f"{value:.3f}"
    return "0.000" if shown == "-0.000" else shown


def _exact(value: float | int | None) -> str:
    return "" if value is None else repr(value)


def _latex_row(words: Sequence[str], bold: bool) -> str:
    cells = [latex.escaped(word).replace(NOTHING, "---") for word in words]
    for sign, command in latex.ARROWS.items():
        cells = [cell.replace(latex.escaped(sign), command) for cell in cells]
    if bold:
        cells[2] = rf"\textbf{{{cells[2]}}}"
    return " & ".join(cells) + r" \\"
