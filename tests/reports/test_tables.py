import csv
import io
import re

import pytest

from bench.reports import latex, markdown
from bench.reports.latex import as_latex
from bench.reports.markdown import as_markdown
from bench.reports.printable import printable
from bench.reports.spreadsheet import as_csv, literal
from bench.reports.statistics import Summary, summarise
from bench.reports.tables import tabulate
from bench.reports.tally import tally

CONTROLS = ("oracle", "constant", "shuffled")
HOSTILE = '=HYPERLINK("http://x")|a\nb\\<script>$x_1$ \x1b[31m\u202ered [*]'


def summary(explainer, mean, metric="set_f1", higher=True, clusters=6, model="m", **changes):
    known = {"low": mean, "high": mean, "scored": 9, "undefined": 0, "abstained": 0, "failed": 0} | changes
    group = {"model": model, "explainer": explainer}
    return Summary(group, metric, mean, clusters=clusters, higher_is_better=higher, bounds=(0.0, 1.0), **known)


def best_of(table, metric=0):
    return [line.labels[-1] for line in table.lines if line.entries[metric] and line.entries[metric].best]


def test_the_best_is_the_highest_where_higher_is_better():
    assert best_of(tabulate([summary("a", 0.2), summary("b", 0.7)])) == ["b"]


def test_the_best_is_the_lowest_where_lower_is_better():
    assert best_of(tabulate([summary("a", 0.2, higher=False), summary("b", 0.7, higher=False)])) == ["a"]


def test_the_best_is_the_nearest_to_zero_where_zero_is_best():
    table = tabulate([summary(name, mean, higher=None) for name, mean in (("a", -0.6), ("b", 0.2), ("c", -0.1))])
    assert best_of(table) == ["c"]
    assert table.columns[0].arrow == "→0"


def test_equal_distances_from_zero_are_both_best():
    assert best_of(tabulate([summary(name, mean, higher=None) for name, mean in (("a", -0.2), ("b", 0.2), ("c", 0.5))])) == [
        "a",
        "b",
    ]


@pytest.mark.parametrize(
    ("form", "head"), [(as_markdown, "set_f1 →0"), (lambda t: as_latex(t, "", ""), r"set\_f1 $\rightarrow 0$")]
)
def test_every_rendering_says_that_zero_is_best(form, head):
    assert head in form(tabulate([summary("a", 0.2, higher=None)]))


def test_a_control_is_never_the_best():
    table = tabulate([summary("oracle", 1.0), summary("a", 0.2), summary("b", 0.7)], controls=["oracle"])
    assert best_of(table) == ["b"]
    assert [line.control for line in table.lines] == [True, False, False]


def test_means_that_look_equal_are_all_best():
    assert best_of(tabulate([summary("a", 0.70001), summary("b", 0.70002), summary("c", 0.1)])) == ["a", "b"]


def test_a_single_candidate_is_not_called_best():
    assert best_of(tabulate([summary("oracle", 1.0), summary("a", 0.2)], controls=["oracle"])) == []


def test_an_unscored_explainer_is_neither_best_nor_compared():
    table = tabulate([summary("a", 0.2), summary("b", 0.1), summary("c", None)])
    assert best_of(table) == ["a"]
    assert table.lines[2].entries[0].mean == "—"


def test_every_block_has_its_own_best():
    table = tabulate([summary(e, v, model=m) for e, m, v in (("a", "x", 0.1), ("a", "y", 0.9), ("b", "x", 0.2), ("b", "y", 0.3))])
    assert [(line.labels, line.opens) for line in table.lines] == [
        (("x", "a"), True),
        (("x", "b"), False),
        (("y", "a"), True),
        (("y", "b"), False),
    ]
    assert [line.labels for line in table.lines if line.entries[0].best] == [("x", "b"), ("y", "a")]


def test_a_group_without_a_metric_leaves_an_empty_cell():
    table = tabulate([summary("a", 0.2), summary("b", 0.3), summary("b", 0.4, metric="other")])
    assert table.lines[0].entries[1] is None
    for text in (as_markdown(table), as_latex(table, "c", "t"), as_csv(table)):
        assert "0.4" in text


def test_notes_tell_clusters_marks_controls_and_failures(runs):
    table = tabulate(summarise(runs.rows, draws=50), CONTROLS, tally(runs.records))
    notes = " ".join(table.notes)
    failed = [r.explanation.failure for r in runs.records if r.explanation.failure]
    assert re.search(r"\(\d to 5 a group\)", notes)
    assert "Controls are no candidates: oracle, constant, shuffled." in notes
    assert f"{len(failed)} of {len(runs.records)} units failed (timed_out {failed.count('timed_out')}" in notes
    abstained = sum(row.metric == "set_f1" and row.value is None and row.outcome == "abstained" for row in runs.rows)
    assert f"set_f1 {abstained} abstained" in notes


def test_few_clusters_have_a_mark_in_the_cell_and_a_footnote():
    table = tabulate([summary("a", 0.2, clusters=3), summary("b", 0.3)])
    assert table.lines[0].entries[0].interval.endswith("†")
    assert not table.lines[1].entries[0].interval.endswith("†")
    assert "† Fewer than 5 clusters" in as_markdown(table)


def test_enough_clusters_have_no_footnote():
    assert "†" not in as_markdown(tabulate([summary("a", 0.2)]))


def test_no_summaries_are_a_table_that_says_so():
    table = tabulate([])
    assert "Nothing was scored." in as_markdown(table)
    assert "Nothing was scored." in as_latex(table, "c", "t")
    assert as_csv(table).strip() == ""


def test_markdown_has_means_intervals_counts_and_bold():
    table = tabulate([summary("a", 0.25, low=0.1, high=0.4, failed=1), summary("b", 0.125, low=0.0, high=0.25)])
    lines = as_markdown(table).splitlines()
    assert lines[0] == "| model | explainer | set_f1 ↑ |"
    assert lines[2] == "| m | a | **0.250** [0.100, 0.400] (9/10) |"
    assert lines[3] == "| m | b | 0.125 [0.000, 0.250] (9/9) |"


def test_hostile_text_cannot_break_a_markdown_table():
    lines = as_markdown(tabulate([summary(HOSTILE, 0.2), summary("b", 0.3)])).splitlines()
    assert len(re.findall(r"(?<!\\)\|", lines[2])) == 4
    assert "<script>" not in lines[2]
    assert "\x1b" not in lines[2]
    assert "http://" not in lines[2]


def test_markdown_keeps_names_readable():
    assert markdown.escaped("set_f1 of exact_panel") == "set_f1 of exact_panel"
    assert markdown.escaped("_a_ *b*") == r"\_a\_ \*b\*"


def test_latex_escapes_every_special():
    assert latex.escaped(r"a_b & 50% #1 {x} $y$ ~ ^ \z") == (
        r"a\_b \& 50\% \#1 \{x\} \$y\$ \textasciitilde{} \textasciicircum{} \textbackslash{}z"
    )
    assert latex.escaped("[0] *") == "{[}0{]} {*}"


def test_latex_has_rules_arrows_bold_and_a_line_per_group():
    text = as_latex(tabulate([summary("a_1", 0.25), summary("b", 0.5)]), "Scores & more", "tab:a}b")
    assert text.count(r"\toprule") == text.count(r"\bottomrule") == 1
    assert r"set\_f1 $\uparrow$ \\" in text
    assert r"\textbf{0.500}" in text
    assert r"\textbf{0.250}" not in text
    assert r"\caption{Scores \& more}" in text
    assert r"\label{tab:ab}" in text


def test_hostile_text_cannot_break_latex():
    body = as_latex(tabulate([summary(HOSTILE, 0.2)]), HOSTILE, "t")
    bare = re.sub(r"\\[{}$&#_%\\]", "", body)
    assert bare.count("{") == bare.count("}")
    row = next(line for line in bare.splitlines() if "HYPERLINK" in line and "caption" not in line)
    assert row.count("&") == 2


def test_csv_has_full_precision_and_all_counts():
    table = tabulate([summary("a", 1 / 3, undefined=1, abstained=2, failed=3), summary("b", None, low=None, high=None, scored=0)])
    first, second = csv.DictReader(io.StringIO(as_csv(table)))
    assert float(first["set_f1"]) == 1 / 3
    assert [first[f"set_f1/{name}"] for name in ("scored", "undefined", "abstained", "failed")] == ["9", "1", "2", "3"]
    assert second["set_f1"] == ""
    assert second["set_f1/scored"] == "0"


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-cmd|x", "@SUM(A1)", "\t=1", "\r\n=1", "＝1"])  # noqa: RUF001
def test_csv_text_is_never_a_formula(text):
    table = tabulate([summary(text, 0.2)])
    (line,) = csv.DictReader(io.StringIO(as_csv(table)))
    assert line["explainer"].startswith("'")


def test_a_number_is_no_formula():
    assert literal("-0.5") == "-0.5"


def test_printable_text_holds_no_control_characters_and_one_line():
    assert printable("a\x1b[2J\x00b\u202e c\n\n d\u2028e\ud800") == "a[2Jb c d e"
    assert printable("naïve 漢字 👩\u200d🔬") == "naïve 漢字 👩\u200d🔬"
