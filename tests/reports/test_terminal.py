import io
from pathlib import Path

import pytest
from rich.console import Console

from bench.artifacts import Explanation, UnitRecord
from bench.reports.statistics import summarise
from bench.reports.tables import tabulate
from bench.reports.tally import tally
from bench.reports.terminal import as_rich, closing, outcome_line, stage_line

CONTROLS = ("oracle", "constant", "shuffled")


def printed(what, width=100):
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=True, color_system=None).print(what)
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 100, 200])
def test_every_mean_is_shown_and_no_line_is_too_wide(runs, width):
    table = tabulate(summarise(runs.rows, draws=50), CONTROLS, tally(runs.records))
    text = printed(as_rich(table), width)
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width
    for line in table.lines:
        for entry in line.entries:
            assert f"{entry.mean} {entry.interval}".strip() in text


def test_a_wide_terminal_shows_one_table_and_a_narrow_one_several(runs):
    table = tabulate(summarise(runs.rows, draws=50))
    heads = [printed(as_rich(table), width).splitlines() for width in (200, 100)]
    assert [sum(line.startswith("explainer") for line in lines) for lines in heads] == [1, 2]


def test_an_empty_table_is_its_note():
    assert printed(as_rich(tabulate([]))).strip() == "Nothing was scored."


def test_text_of_others_is_neither_markup_nor_a_control_sequence(make_row):
    rows = [make_row({"explainer": "[bold red]x[/]\x1b[2J\x07", "seed": 0}, "m", 0.5)]
    text = printed(as_rich(tabulate(summarise(rows, by=["explainer"], draws=10))))
    assert "[bold red]x[/][2J" in text
    assert "\x1b[2J" not in text
    assert "\x07" not in text


def test_the_closing_lines_count_units_and_stages(runs):
    counts = tally(runs.records)
    text = printed(closing(counts, {"fit": 2, "score": 10}, {"fit": 1, "explain": 29}, [Path("outputs/report.html")]))
    assert f"units: {counts.answered} answered, {counts.abstained} abstained, {counts.failed} failed (timed_out" in text
    assert "stages: 12 run (fit 2, score 10), 30 cached" in text
    assert "outputs/report.html" in text


def test_nothing_run_names_no_kinds():
    assert stage_line({}, {"fit": 30}) == "stages: 0 run, 30 cached"


def test_counts_of_units_add_up_and_failures_are_divided_by_kind(runs):
    record = runs.records[0]
    ended = [("x", None), (None, None), (None, "refused"), (None, "timed_out"), (None, "timed_out")]
    counts = tally([UnitRecord(record.cell, record.unit, None, Explanation("u", t, failure=f), record.strip) for t, f in ended])
    assert (counts.answered, counts.abstained, counts.failed, counts.total) == (1, 1, 3, 5)
    assert counts.failures() == "3 of 5 units failed (timed_out 2, refused 1)"
    assert outcome_line(counts) == "units: 1 answered, 1 abstained, 3 failed (timed_out 2, refused 1)"


def test_no_failures_are_said_too():
    assert tally([]).failures() == "none of 0 units failed"
