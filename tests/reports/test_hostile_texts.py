"""Texts that models and files may hold are shown as text in CSV, LaTeX, Markdown and tables of W&B; for HTML see the browser."""

import csv
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from bench.artifacts import Explanation
from bench.reports.latex import as_latex
from bench.reports.latex import escaped as latex
from bench.reports.listing import Listing
from bench.reports.markdown import as_markdown
from bench.reports.markdown import escaped as markdown
from bench.reports.printable import printable
from bench.reports.spreadsheet import as_csv, literal
from bench.reports.statistics import Summary
from bench.reports.tables import tabulate

TEXTS = {
    "image": "<img src=x onerror=alert(1)>",
    "script": "</script><script>alert(1)</script><!-- & -->",
    "right to left": "abc\u202edcba\u200f \u05d0\u05d1\u05d2 \u2066x\u2069",
    "long": "ab " * 16_666 + "cd",
    "formula": "=cmd|' /C calc'!A0",
    "formula behind a space": " \ufeff\t=1+1",
    "formula behind a line": "\r\n@SUM(A1)",
    "latex": r"\input{/etc/passwd} \write18{x} $x_1^2$ % & # ~ ^^5c \\ {} -- ``''",
    "markdown": "| a | **b** _c_ `d` [e](http://f) ![g](h) # i > j ~~k~~ <http://l> www.m.org",
    "list": "- one\n* two\n1. three\n# four\n---",
    "entities": "&lt;b&gt; &amp;amp; &#60;",
    "escape": "\x1b[31mred\x1b[0m\x07\x00",
}
MACROS = {
    "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textless": "<", "textgreater": ">",
    "textbar": "|", "textquotedbl": '"', "textasciigrave": "`", "textdagger": "†",
}  # fmt: skip


@pytest.fixture(params=TEXTS, ids=str)
def text(request):
    return TEXTS[request.param]


def table_of(text):
    def summary(name, mean):
        return Summary({"bias": text, "explainer": name}, text, mean, mean, mean, 9, 0, 0, 0, 6, True, (0.0, 1.0))

    return tabulate([summary(text, 0.25), summary("other", 0.5)])


class Cells(HTMLParser):
    """The texts of the cells of a rendered table, and every tag that occurs."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.cells = set(), []
        self.feed(html)
        self.cells = [" ".join(cell.split()) for cell in self.cells]

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data


def rendered(text):
    from markdown_it import MarkdownIt

    return Cells(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))


def read_back(text):
    """What LaTeX would print, and what is left of its special characters when all that is escaped is gone."""
    piece = re.compile(r"\\(" + "|".join(MACROS) + r")\{\}|\\([{}$&#_%])|\{([\[\]*-])\}|([^\\{}$&#_%^~])", re.DOTALL)
    shown = piece.sub(lambda m: MACROS.get(m[1] or "") or m[2] or m[3] or m[4], text)
    return shown, piece.sub("", text)


def test_markdown_shows_it(text):
    page = rendered(as_markdown(table_of(text)))
    assert page.tags <= {"table", "thead", "tbody", "tr", "th", "td", "strong", "ul", "li", "p"}
    heads, first = page.cells[:3], page.cells[3:6]
    assert first[:2] == [printable(text)] * 2
    assert heads[2] == f"{printable(text)} ↑"


def test_markdown_of_a_listing_shows_it(text):
    page = rendered(Listing(("a", "b"), ((text, "x"),), (text,), 1).markdown())
    assert page.tags <= {"table", "thead", "tbody", "tr", "th", "td", "ul", "li", "p"}
    assert page.cells[2] == printable(text)


def test_markdown_makes_no_link_of_an_address():
    assert "www." not in markdown("see www.evil.org and WWW.evil.org").lower()
    assert "://" not in markdown("ftp://evil.org")


def test_latex_shows_it(text):
    assert read_back(latex(text)) == (printable(text), "")
    body = as_latex(table_of(text), text, text)
    lines = [line for line in body.splitlines() if line.endswith(r"\\")]
    assert len(lines) == 3
    assert all(len(re.findall(r"(?<!\\)&", line)) == 2 for line in lines)


def test_a_spreadsheet_shows_it_and_runs_nothing(text):
    lines = list(csv.reader(io.StringIO(as_csv(table_of(text)))))
    assert len(lines) == 3
    for cell in (lines[1][0], lines[1][1], lines[0][2]):
        assert cell.removeprefix("'") == printable(text)
        assert cell[0] not in "=+-@\t\r"
    assert literal(text) == lines[1][0]


def test_a_table_of_wandb_shows_it(text, runs):
    pytest.importorskip("wandb")
    from bench.reports.wandb_tables import lines_of

    cell = {"explainer": text, "seed": 1}
    unit = replace(runs.records[0].unit, name=text)
    record = replace(runs.records[0], cell=cell, unit=unit, explanation=Explanation(text, text, (text, "b"), 0.5))
    failed = replace(record, explanation=Explanation(text, None, failure=text))
    (line, other) = lines_of([], [record, failed], list(cell), [])
    shown = printable(text)
    assert [line[i] for i in (0, 1, 2, 7, 9)] == [shown, 1, shown, shown, f"{shown}\nb"]
    assert (other[6], other[7]) == (shown, None)
