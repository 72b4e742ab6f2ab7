"""Boards: places, groups, floors and ceilings, and texts of others."""

import csv
import io
from dataclasses import replace

import pytest

from bench.errors import DataError
from bench.leaderboards.board import board
from bench.leaderboards.footnotes import _powerless
from bench.leaderboards.letters import letters
from bench.leaderboards.pack import pack
from bench.leaderboards.renderings import RENDERINGS, as_csv, as_html, as_latex, as_markdown
from bench.leaderboards.tasks import Task, task

CONTROLS = ("oracle", "constant", "shuffled")
HOSTILE = '=cmd|"/C calc"!A0 <img src=x onerror=alert(1)> </script> \\input{x} $_{a}$ & 50% #1 |x| \u202etxet'
LONG = "a" * 50_000


def pairs(*found):
    return {frozenset(pair) for pair in found}


def test_who_differs_from_nobody_shares_one_letter():
    assert letters(["x", "y"], set()) == {"x": "a", "y": "a"}


def test_who_differs_shares_no_letter():
    assert letters(["x", "y"], pairs("xy")) == {"x": "a", "y": "b"}


def test_the_one_between_shares_a_letter_with_both():
    assert letters(["x", "y", "z"], pairs("xz")) == {"x": "a", "y": "ab", "z": "b"}


def test_letters_are_shared_exactly_by_pairs_that_do_not_differ():
    names, different = "uvwxyz", pairs("uz", "uy", "vz", "wy", "xv")
    found = letters(names, different)
    for a in names:
        for b in names:
            assert (not set(found[a]) & set(found[b])) == (frozenset((a, b)) in different)


@pytest.fixture
def submission(here):
    return pack(here / "run", "mine")


@pytest.fixture
def renamed(submission):
    """The submission with the candidate under another name."""

    def rename(name):
        said = {name if old == "pixel_change" else old: recipe for old, recipe in submission.header.explainers.items()}
        cells = tuple(
            replace(cell, cell=cell.cell | {"explainer": name}) if cell.contestant == "pixel_change" else cell
            for cell in submission.cells
        )
        return replace(submission, header=replace(submission.header, explainers=said), cells=cells)

    return rename


def test_controls_have_no_place(submission):
    standings = board(task("dsprites_exact"), [submission], CONTROLS).standings
    assert {one.contestant for one in standings if one.rank is None} == set(CONTROLS)
    assert standings[0].contestant == "pixel_change"
    assert standings[0].rank.place == 1


def test_the_floor_is_0_and_the_ceiling_is_1(submission):
    first = board(task("dsprites_exact"), [submission], CONTROLS).standings[0].normalised
    assert first.value == pytest.approx((first.raw - first.floor) / (first.ceiling - first.floor))
    assert first.ceiling == 1.0


def test_the_same_contestant_counts_once(submission):
    again = replace(submission, header=replace(submission.header, submission="other"))
    one, two = (board(task("dsprites_exact"), found, CONTROLS) for found in ([submission], [submission, again]))
    assert one == two


def test_two_configurations_of_one_name_are_told_apart(submission):
    header = submission.header
    recipe = header.explainers["pixel_change"] | {"share": 0.1}
    other = replace(submission, header=replace(header, submission="other", explainers=header.explainers | {"pixel_change": recipe}))
    standings = board(task("dsprites_exact"), [submission, other], CONTROLS).standings
    assert [one.contestant for one in standings[:2]] == ["pixel_change", "pixel_change · other"]
    assert {one.rank.place for one in standings[:2]} == {1.5}
    assert standings[0].group == standings[1].group
    assert standings[0].detectable == 0.0


def test_another_version_of_the_task_is_not_mixed_in(submission):
    with pytest.raises(DataError, match="another version"):
        board(replace(task("dsprites_exact"), version="0"), [submission], CONTROLS)


def test_a_changed_task_is_another_version(tmp_path, monkeypatch):
    from bench.leaderboards import tasks

    real = tasks.task("dsprites_exact")
    text = tasks.shipped("conf", "experiment", "dsprites_exact.yaml").read_text()
    (tmp_path / "dsprites_exact.yaml").write_text(text.replace("seed: [0, 1, 2, 3, 4]", "seed: [0, 1, 2, 3, 5]"))
    (tmp_path / "commented.yaml").write_text(text + "# a comment\n")
    monkeypatch.setattr(tasks, "shipped", lambda *parts: tmp_path.joinpath(*parts[2:]))
    monkeypatch.setattr(tasks, "tasks", lambda: ("dsprites_exact", "commented"))
    assert tasks.task.__wrapped__("dsprites_exact").version != real.version
    assert tasks.task.__wrapped__("commented").version == real.version


def test_a_board_says_where_chance_cannot_be_told_from_anything(submission):
    made = board(task("dsprites_exact"), [submission], CONTROLS)
    assert "2 clusters cannot tell any of 6 pairs apart" in as_markdown(made)
    assert _powerless(clusters=8, contestants=4) == []
    assert _powerless(clusters=7, contestants=4)


@pytest.mark.parametrize("form", RENDERINGS)
def test_equal_submissions_give_equal_bytes(submission, form):
    made = [RENDERINGS[form](board(task("dsprites_exact"), [submission], CONTROLS)) for _ in range(2)]
    assert made[0] == made[1]


@pytest.fixture
def hostile(renamed) -> object:
    known = task("dsprites_exact")
    title = Task(known.name, known.version, replace(known.rules, title=HOSTILE))
    return board(title, [renamed(HOSTILE)], CONTROLS)


def test_hostile_text_is_text_in_html(hostile):
    page = as_html(hostile)
    assert "<img" not in page
    assert "</script" not in page
    assert "&lt;img" in page
    assert "\u202e" not in page
    assert "default-src &#39;none&#39;" in page


def test_hostile_text_is_no_formula_in_csv(hostile):
    cells = list(csv.reader(io.StringIO(as_csv(hostile))))
    assert cells[1][0].startswith("'=cmd")
    assert not any(cell.startswith(("=", "+", "@")) for line in cells for cell in line)


def test_hostile_text_is_text_in_markdown(hostile):
    text = as_markdown(hostile)
    table = [line for line in text.split("\n") if line.startswith("|")]
    assert "<img" not in text
    assert len({line.replace(r"\|", "").count("|") for line in table}) == 1


def test_hostile_text_is_text_in_latex(hostile):
    text = as_latex(hostile)
    assert r"\input" not in text
    assert r"\textbackslash{}input" in text
    assert r"\&" in text
    assert r"\toprule" in text


@pytest.mark.parametrize("form", RENDERINGS)
def test_50_000_characters_leave_a_table_readable(renamed, form):
    text = RENDERINGS[form](board(task("dsprites_exact"), [renamed(LONG)], CONTROLS))
    assert len(text) < (len(LONG) + 20_000 if form == "csv" else 20_000)
