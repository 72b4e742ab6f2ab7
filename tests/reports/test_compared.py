import io

import pytest
from rich.console import Console

from bench.reports.compared import comparison_table, normalised_table, rank_table
from bench.reports.comparison import compare
from bench.reports.normalised import normalised
from bench.reports.ranks import ranks


@pytest.fixture(scope="module")
def found(runs):
    return compare(runs.rows, ["set_f1", "label_kappa"], levels=["oracle", "pixel_change", "constant"], within=["bias"])


def printed(listing, width=220):
    buffer = io.StringIO()
    Console(file=buffer, width=width, no_color=True).print(listing)
    return buffer.getvalue()


def test_every_comparison_has_a_line_with_its_numbers(found):
    text = comparison_table(found).markdown()
    rows = [line for line in text.splitlines() if line.startswith("| none") or line.startswith("| dis")]
    assert len(rows) == len(found) == 12
    first = found[0]
    assert f"{first.difference:+.3f} \\[{first.low:.3f}, {first.high:.3f}\\] |" in rows[0]
    assert rows[0].startswith("| none | set_f1 ↑ | oracle | pixel_change | oracle |")
    assert f"| {first.pairs} | {first.first_only + first.second_only} | 10 |" in rows[0]


def test_the_terminal_shows_the_same_words_as_markdown(found):
    listing = comparison_table(found)
    shown = printed(listing)
    assert all(word in shown for line in listing.lines for word in line)
    assert all(note in shown for note in listing.notes)


def test_few_clusters_are_marked_with_what_they_can_reach(make_campaign):
    rows = make_campaign(models=("m",), seeds=range(3)).rows
    listing = comparison_table(compare(rows, ["set_f1"], against="oracle"))
    assert all("†" in line[4] for line in listing.lines)
    assert "with 3 no p can fall below 0.25" in listing.notes[-1]
    assert "†" not in printed(comparison_table(compare(make_campaign().rows, ["set_f1"], against="oracle")))


def test_what_is_undefined_is_a_dash(make_row):
    rows = [make_row({"explainer": e, "seed": 0}, "f", None, unit="u", outcome="abstained") for e in "ab"]
    [line] = comparison_table(compare(rows)).lines
    assert line == ("f ↑", "a", "b", "—", "—", "—", "—", "—", "—", "0", "0", "0")


def test_nothing_to_compare_says_so():
    assert comparison_table([]).markdown().startswith("Nothing to compare.")
    assert "Nothing to compare." in printed(comparison_table([]))


def test_a_tiny_p_is_never_shown_as_zero(make_row):
    rows = [
        make_row({"dataset": "d", "model": "m", "explainer": e, "seed": s}, "f", value + s / 100, unit="u")
        for e, value in (("a", 0.9), ("b", 0.1))
        for s in range(16)
    ]
    [line] = comparison_table(compare(rows)).lines
    assert "<0.0001" in line


def test_names_of_others_cannot_break_the_table(make_row):
    rows = [make_row({"explainer": e, "seed": 0}, "f", 0.5, unit="u") for e in ("a|b", "[red]\x1b[31mc")]
    listing = comparison_table(compare(rows))
    assert "a\\|b" in listing.markdown()
    assert "[red][31mc" in printed(listing)


def test_places_are_listed_from_the_best(runs):
    rows = [row for row in runs.rows if row.metric == "set_f1"]
    listing = rank_table({"set_f1": ranks(rows)})
    assert [line[1] for line in listing.lines][:3] == ["oracle", "latent_explainer", "pixel_change"]
    assert listing.lines[0][2:4] == ("1.0", "[1.0, 1.0]")


def test_normalised_scores_show_all_three_numbers(runs):
    found = normalised(runs.rows)
    listing = normalised_table(found)
    assert listing.heads[:4] == ("model", "bias", "explainer", "metric")
    assert listing.lines[0][4] == f"{found[0].value:.3f}"
    assert listing.lines[0][6:] == tuple(f"{value:.3f}" for value in (found[0].raw, found[0].floor, found[0].ceiling))
