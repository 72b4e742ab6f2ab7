import itertools
from dataclasses import replace

import numpy as np
import pytest

from bench.artifacts import Explanation
from bench.metrics.certain import Certain
from bench.metrics.risk_coverage import area
from bench.reports.comparison import compare
from bench.reports.figures.ablation import ablation
from bench.reports.figures.axes import hue, lines_of
from bench.reports.figures.cost import cost
from bench.reports.figures.drawn import figures
from bench.reports.figures.figure import spread
from bench.reports.figures.means import means
from bench.reports.figures.reliability import binned, calibration
from bench.reports.figures.risk import risk_coverage
from bench.reports.figures.sure import joined, sure_answers
from bench.reports.statistics import summarise

CONTROLS = ("oracle", "constant", "shuffled")


@pytest.fixture(scope="module")
def told(make_campaign):
    """A campaign in which two explainers say how sure they are, and one says what it used."""
    runs = make_campaign(models=("exact_panel",))
    rng = np.random.default_rng(1)
    records = []
    for record in runs.records:
        said = record.explanation
        if record.cell["explainer"] in ("latent_explainer", "pixel_change", "oracle") and said.outcome == "answered":
            said = replace(said, certainty=float(rng.choice([0.25, 0.5, 1.0])))
        if record.cell["explainer"] == "latent_explainer":
            said = replace(said, usage={"prompt_tokens": 900.0, "completion_tokens": 100.0})
        records.append(replace(record, explanation=said))
    rows = [replace(r, value=float(r.value > 0.7)) if r.metric == "set_f1" and r.value is not None else r for r in runs.rows]
    return replace(runs, rows=rows, records=records)


def test_every_mean_of_every_explainer_is_in_the_figure_and_its_table(told):
    figure = means(told.rows, CONTROLS)
    summaries = summarise(told.rows, ("explainer", "bias"))
    assert {line[-2] for line in figure.table.lines} == {spread(s.mean, s.low, s.high) for s in summaries}
    assert [panel.title for panel in figure.panels] == [f"{name} ↑" for name in dict.fromkeys(s.metric for s in summaries)]
    for panel in figure.panels:
        known = [s for s in summaries if panel.title.startswith(f"{s.metric} ") and s.mean is not None]
        assert panel.drawing.count('class="mark') == len(known)
        assert all(spread(s.mean, s.low, s.high) in panel.drawing for s in known)


def test_controls_are_faint(told):
    assert means(told.rows, CONTROLS).panels[0].drawing.count("name faint") == 3


def test_colours_tell_biases_apart_or_else_whatever_varies(told, make_row):
    cells = ({"explainer": e, "model": m, "seed": 0} for e in "ab" for m in "xy")
    rows = [make_row(cell, "set_f1", 0.5) for cell in cells]
    assert (hue(told.rows), hue(rows), hue(rows[:1])) == ("bias", "model", None)
    assert means(rows[:1], ()).legend == ()


def test_lines_of_the_overview_are_every_axis_that_varies_but_the_seed(told, make_row):
    assert lines_of(told.rows) == ("model", "bias", "explainer")
    cell = {"dataset": "a", "model": "m", "explainer": "e", "seed": 0, "client": "x"}
    rows = [make_row(cell | change, "set_f1", 0.5) for change in ({}, {"dataset": "b"}, {"client": "y"}, {"seed": 1})]
    assert lines_of(rows) == ("dataset", "model", "client", "explainer")


def test_nothing_scored_is_no_figure(told):
    assert figures([], [], ()) == []
    assert figures([replace(row, value=None) for row in told.rows], told.records, CONTROLS) == []


def test_the_ablation_shows_the_paired_differences(told):
    figure = ablation(told.rows, CONTROLS)
    kept = [row for row in told.rows if row.cell["explainer"] not in CONTROLS]
    wanted = [c for c in compare(kept, axis="bias", against="none", within=("explainer",)) if c.difference is not None]
    assert [line[4] for line in figure.table.lines] == [spread(c.difference, c.low, c.high, True) for c in wanted]
    assert figure.legend == ("disentanglement",)


def test_a_bias_that_adds_a_fifth_is_shown_to_add_a_fifth(make_row):
    rows = [
        make_row(
            {"dataset": "d", "model": "m", "explainer": "e", "bias": bias, "seed": seed}, "set_f1", 0.1 * unit + gain, str(unit)
        )
        for (bias, gain), seed, unit in itertools.product((("none", 0.0), ("combination", 0.2)), range(8), range(3))
    ]
    (line,) = ablation(rows, ()).table.lines
    assert line[4].startswith("+0.200 [")
    assert "hollow" not in ablation(rows, ()).panels[0].drawing


def test_a_difference_that_may_be_chance_is_hollow(told):
    assert all("hollow" in panel.drawing for panel in ablation(told.rows, CONTROLS).panels)


def test_an_explainer_without_the_plain_bias_is_left_out(told):
    rows = [r for r in told.rows if not (r.cell["explainer"] == "pixel_change" and r.cell["bias"] == "none")]
    assert {line[1] for line in ablation(rows, CONTROLS).table.lines} == {"latent_explainer"}


def test_one_bias_is_no_ablation(told):
    assert ablation([row for row in told.rows if row.cell["bias"] == "none"], CONTROLS) is None


def test_sure_answers_are_those_with_a_certainty_that_were_judged(told):
    found = sure_answers(told.rows, told.records, CONTROLS)
    assert set(found) == {"latent_explainer", "pixel_change"}
    values = {(*sorted(r.cell.items()), r.unit): r.value for r in told.rows if r.metric == "set_f1"}
    for name, parts in found.items():
        kept = [r for r in told.records if r.cell["explainer"] == name and r.explanation.outcome == "answered"]
        judged = [values[(*sorted(r.cell.items()), r.unit.name)] for r in kept]
        assert len(parts) == 5
        assert sum(part.true.sum() for part in parts) == sum(value == 1.0 for value in judged)
        assert len(joined(parts).true) == sum(value is not None for value in judged)


def test_the_risk_at_full_coverage_is_the_share_of_wrong_answers(told):
    answers = sure_answers(told.rows, told.records, CONTROLS)
    figure = risk_coverage(answers)
    for line in figure.table.lines:
        every = joined(answers[line[0]])
        assert line[4] == f"{1 - every.true.mean():.3f}"
        assert line[1].startswith(f"{area(every):.3f} [")
        assert line[5:] == (str(len(every.true)), "5")


def test_answers_of_one_cluster_stand_for_clusters():
    parts = [Certain(np.linspace(0.1, 1, 20), np.arange(20) % 2 == 0)]
    (line,) = risk_coverage({"e": parts}).table.lines
    assert "[" in line[1]


def test_bins_hold_every_answer_once_and_part_no_certainty():
    rng = np.random.default_rng(0)
    sure = rng.choice([0.2, 0.4, 0.6, 0.8, 1.0], 120)
    parts = [Certain(sure[i::3], rng.random(40) < sure[i::3]) for i in range(3)]
    bins = binned(parts)
    assert sum(b.answers for b in bins) == 120
    for b in bins:
        inside = [level for level in np.unique(sure) if any(np.isclose(level, c.certainty) for c in bins)]
        assert len(inside) == len(bins) == 5
        assert b.share == pytest.approx(joined(parts).true[np.isclose(joined(parts).certainty, b.certainty)].mean())
        assert b.low <= b.share <= b.high


def test_few_answers_make_one_bin():
    (only,) = binned([Certain(np.array([0.2, 0.4, 0.9]), np.array([True, False, True]))])
    assert (only.certainty, only.share, only.answers) == (pytest.approx(0.5), pytest.approx(2 / 3), 3)


def test_nobody_sure_is_neither_curve_nor_bins(told):
    silent = [replace(r, explanation=Explanation(r.unit.name, "text")) for r in told.records]
    answers = sure_answers(told.rows, silent, CONTROLS)
    assert (risk_coverage(answers), calibration(answers)) == (None, None)


def test_cost_is_shown_for_those_who_have_any(told):
    figure = cost(told.rows, told.records)
    assert {line[1] for line in figure.table.lines} == {"latent_explainer"}
    assert {line[3] for line in figure.table.lines} == {"1,000"}
    assert cost(told.rows, [r for r in told.records if r.cell["explainer"] != "latent_explainer"]) is None


def test_every_figure_is_drawn_where_there_is_everything(told):
    names = [figure.name for figure in figures(told.rows, told.records, CONTROLS)]
    assert names == ["means", "ablation", "risk", "calibration", "cost"]
