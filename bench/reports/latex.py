"""A table as LaTeX for a paper: booktabs rules, best values bold, every special character escaped. Needs only `booktabs`."""

from bench.reports.notes import MARK
from bench.reports.printable import printable
from bench.reports.tables import Column, Entry, Table

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    MARK: r"\textdagger{}",
    "[": "{[}",  # at the start of a line, "\\" would take it for its argument
    "]": "{]}",
    "*": "{*}",  # likewise
    "`": r"\textasciigrave{}",
    "-": "{-}",  # no ligatures: two hyphens stay two hyphens
} | {character: "\\" + character for character in "{}$&#_%"}
ARROWS = {"↑": r"$\uparrow$", "↓": r"$\downarrow$", "→0": r"$\rightarrow 0$"}


def as_latex(table: Table, caption: str, label: str) -> str:
    """A `table` environment. A cell holds the mean, and small beside it the interval and scored/all."""
    if not table.lines:
        return f"% {printable(' '.join(table.notes))}\n"
    columns = "l" * len(table.axes) + "r" * len(table.columns)
    heads = _row([*map(escaped, table.axes), *map(_head, table.columns)])
    body = []
    for i, line in enumerate(table.lines):
        body += [r"\midrule"] if line.opens and i else []
        body.append(_row([*map(escaped, table.shown(line)), *map(_cell, line.entries)]))
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{escaped(caption)}}}",
            rf"\label{{{''.join(c for c in label if c.isalnum() or c in ':-.')}}}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            heads,
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
            rf"\par\smallskip\begin{{minipage}}{{\linewidth}}\footnotesize {escaped(' '.join(table.notes))}\end{{minipage}}",
            r"\end{table}",
            "",
        ]
    )


def escaped(text: str) -> str:
    """`text` as LaTeX that shows it literally; letters outside ASCII are left to `inputenc` or a Unicode engine."""
    return "".join(_SPECIAL.get(character, character) for character in printable(text))


def _row(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"


def _head(column: Column) -> str:
    return f"{escaped(column.metric)} {ARROWS[column.arrow]}"


def _cell(entry: Entry | None) -> str:
    if entry is None:
        return ""
    mean = "---" if entry.summary.mean is None else _number(entry.mean)
    bold = rf"\textbf{{{mean}}}" if entry.best else mean
    return rf"{bold} {{\scriptsize {_number(' '.join(part for part in (entry.interval, entry.count) if part))}}}"


def _number(text: str) -> str:
    """Numbers with a true minus sign."""
    return text.replace("-", "$-$").replace("[", "{[}").replace(MARK, r"\textdagger{}")
