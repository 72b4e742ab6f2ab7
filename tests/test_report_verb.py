import json
import shutil
from pathlib import Path

import pytest

from bench.compose import composer
from bench.errors import DataError
from bench.outputs import write_all
from bench.report_verb import report
from bench.reports.report import about
from bench.session import benchmark

CELL = ("model=exact_identity", "metric=[set_f1]", "tracker=none")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder in which two explainers ran, with its store."""
    place = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        for variable in ("LATENTBENCH_STORE", "LATENTBENCH_DATA", "LATENTBENCH_ANSWERS"):
            patch.delenv(variable, raising=False)
        for explainer in ("pixel_change", "oracle"):
            with composer((*CELL, f"explainer={explainer}")) as (fixed, axes):
                write_all(benchmark(fixed, axes), place / "outputs" / "day" / explainer)
    return place


@pytest.fixture
def folder(finished, away):
    """The folder of the first run, in a copy of everything, which is where the test runs."""
    shutil.copytree(finished, away, dirs_exist_ok=True)
    return away / "outputs" / "day" / "pixel_change"


@pytest.fixture
def other(folder):
    return folder.with_name("oracle")


def album(path: Path):
    text = path.read_text(encoding="utf-8")
    return json.loads(text.split('id="album">')[1].split("</script>")[0])


def test_the_page_of_a_run_is_the_one_that_the_run_wrote(folder):
    written = (folder / "report.html").read_bytes()
    (folder / "report.html").unlink()
    assert report([str(folder)]) == 0
    assert (folder / "report.html").read_bytes() == written


def test_several_runs_share_a_page_and_a_cell_of_two_runs_counts_once(folder, other, away, capsys):
    report([str(folder), str(other), str(folder), "--json"])
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["path"], told["runs"]) == ("report.html", 3)
    cards = album(away / "report.html")["cards"]
    assert {len(card["answers"]) for card in cards} == {2}
    assert {answer["labels"][0][1] for answer in cards[0]["answers"]} == {"pixel_change", "oracle"}


def test_the_folder_of_a_multirun_is_the_runs_below_it(folder, away):
    report([str(folder.parent), "--to", "both.html", "--title", "Two of them"])
    text = (away / "both.html").read_text()
    assert "<title>Two of them</title>" in text
    assert {len(card["answers"]) for card in album(away / "both.html")["cards"]} == {2}


def test_an_axis_that_a_run_does_not_mention_is_at_its_default(folder, other, away):
    for name in ("rows.jsonl", "explanations.jsonl", "run.json"):
        text = (other / name).read_text()
        (other / name).write_text(text.replace('"explainer":"oracle"', '"client":"x","explainer":"oracle"'))
    report([str(folder), str(other), "--to", "page.html"])
    answers = [answer for card in album(away / "page.html")["cards"] for answer in card["answers"]]
    assert {dict(answer["labels"])["client"] for answer in answers} == {"default", "x"}


def test_pictures_are_found_in_a_store_that_was_moved(folder, away):
    written = (folder / "report.html").read_bytes()
    (away / "store").rename(away / "elsewhere")
    with pytest.raises(DataError, match="stage output"):
        report([str(folder)])
    report([str(folder), "--store", "elsewhere"])
    assert (folder / "report.html").read_bytes() == written


def test_a_run_may_be_reported_from_another_folder(folder, away, monkeypatch):
    written = (folder / "report.html").read_bytes()
    (away / "other").mkdir()
    monkeypatch.chdir(away / "other")
    report([str(folder)])
    assert (folder / "report.html").read_bytes() == written


def test_an_explanation_that_the_store_did_not_keep_is_taken_from_the_run(folder, away):
    written = (folder / "report.html").read_bytes()
    shutil.rmtree(away / "store" / "explain")
    report([str(folder)])
    assert (folder / "report.html").read_bytes() == written


def test_a_folder_without_a_run_is_refused(away):
    with pytest.raises(DataError, match=r"run\.json"):
        report([str(away)])


def test_one_thing_with_two_values_is_refused(folder, away):
    shutil.copytree(folder, away / "copy")
    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]
    rows[0]["value"] = 0.125
    (away / "copy" / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(DataError, match=r"set_f1 of z0 .* 0\.125"):
        report([str(folder), str(away / "copy"), "--store", "store"])


@pytest.mark.parametrize("damage", ["{", '{"cell": {}}', '{"cell": 3, "unit": "z0"}'])
def test_a_damaged_line_is_named(folder, damage):
    path = folder / "explanations.jsonl"
    path.write_text(path.read_text() + damage + "\n")
    with pytest.raises(DataError, match=rf"line {len(path.read_text().splitlines())}: expected an explanation"):
        report([str(folder)])


def test_a_damaged_description_of_a_run_is_refused(folder):
    (folder / "run.json").write_text("{}")
    with pytest.raises(DataError, match="expected what a run writes"):
        report([str(folder)])
    (folder / "run.json").write_text("{")
    with pytest.raises(DataError, match="facts of a run"):
        report([str(folder)])


def test_chat_calls_are_told_with_their_price():
    used = {
        "hits": 3,
        "merged": 1,
        "misses": 5,
        "failures": {"refused": 1},
        "prompt_tokens": 1200,
        "completion_tokens": 34,
        "cost": 0.5,
    }
    run = {"config": {"name": "a"}, "command": "c", "cells": [1], "chat": {"m": used, "n": used | {"cost": None}}, "seconds": 1.4}
    told = about([run | {"stages": {"run": {"fit": 1}, "cached": {"explain": 2}}}] * 2)
    assert told["chat: m"] == "5 calls sent, 1 failed, 4 remembered; 1,200 tokens sent and 34 received; $0.5000"
    assert told["chat: n"].endswith("price unknown")
    assert (told["title"], told["command"], told["cells"], told["stages"]) == (
        "a",
        "c",
        "2",
        "2 run, 4 taken from the store, in 3 s",
    )
