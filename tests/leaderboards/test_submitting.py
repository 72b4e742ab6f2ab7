"""From a run to a submission and its tables, by the command."""

import json
import shutil
from dataclasses import asdict

import pytest

from bench.canonical import canonical
from bench.errors import ConfigError, DataError
from bench.leaderboards.commands import leaderboard, submit, verify
from bench.leaderboards.leaks import leaks
from bench.leaderboards.pack import pack
from bench.leaderboards.rows import score_rows
from bench.outputs import _submission
from bench.plan import Plan
from bench.reports.rows import read_rows
from bench.runner import Ledger
from bench.session import Finished


def test_a_submission_gives_the_rows_of_its_run_to_the_last_bit(here):
    back, real = score_rows(pack(here / "run", "mine")), read_rows(here / "run" / "rows.jsonl")
    assert sorted(canonical(asdict(row)) for row in back) == sorted(canonical(asdict(row)) for row in real)


def test_packing_twice_gives_equal_bytes(here, packed):
    assert pack(here / "run", "mine").text() == packed


def test_submit_verify_and_leaderboard_go_together(here, tmp_path, capsys):
    assert submit([str(here / "run"), "mine", "--to", str(tmp_path)]) == 0
    assert verify([str(tmp_path / "rows" / "mine.jsonl")]) == 0
    assert leaderboard(["--from", str(tmp_path), "--check"]) == 1
    assert leaderboard(["--from", str(tmp_path)]) == 0
    assert leaderboard(["--from", str(tmp_path), "--check"]) == 0
    assert {path.name for path in (tmp_path / "tables").iterdir()} == {
        f"dsprites_exact.{end}" for end in ("md", "html", "csv", "tex")
    }


def test_a_table_that_was_touched_up_fails_the_check(here, tmp_path):
    submit([str(here / "run"), "mine", "--to", str(tmp_path)])
    leaderboard(["--from", str(tmp_path)])
    table = tmp_path / "tables" / "dsprites_exact.md"
    table.write_text(table.read_text().replace("pixel_change", "my_explainer"))
    assert leaderboard(["--from", str(tmp_path), "--check"]) == 1


def test_a_forged_file_fails_the_command_and_is_named_for_programs(here, tmp_path, lines, capsys):
    lines[1]["keys"]["fit"] = "0" * 32
    (tmp_path / "mine.jsonl").write_text("".join(canonical(line) + "\n" for line in lines))
    assert verify(["--json", str(tmp_path / "mine.jsonl")]) == 1
    [said] = json.loads(capsys.readouterr().out)
    assert any("key of fit" in difference for difference in said["differences"])


def test_a_run_of_a_task_packs_itself_under_a_name_made_from_its_rows(here):
    [path] = (here / "run" / "submission").glob("*.jsonl")
    assert path.read_text() == pack(here / "run").text()
    assert path.stem.startswith("dsprites_exact_")


def test_a_submission_is_not_written_over(here, tmp_path):
    submit([str(here / "run"), "mine", "--to", str(tmp_path)])
    with pytest.raises(ConfigError, match="there is a submission"):
        submit([str(here / "run"), "mine", "--to", str(tmp_path)])


@pytest.mark.parametrize("name", ["../mine", "/tmp/mine", "Mine", "", "a" * 65, "mine.jsonl"])
def test_a_name_cannot_leave_the_folder(here, tmp_path, name):
    with pytest.raises(ConfigError, match="expected a name"):
        submit([str(here / "run"), name, "--to", str(tmp_path)])


def test_without_its_store_a_run_cannot_be_submitted(here, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="submit from the folder"):
        pack(here / "run", "mine")


def test_a_run_that_failed_cannot_be_submitted(here, tmp_path):
    shutil.copytree(here / "run", tmp_path / "run")
    facts = json.loads((tmp_path / "run" / "run.json").read_text())
    facts["stages"]["failed"] = {"key": "unreachable"}
    (tmp_path / "run" / "run.json").write_text(json.dumps(facts))
    with pytest.raises(DataError, match="1 stages failed"):
        pack(tmp_path / "run", "mine")


def test_a_run_of_no_task_cannot_be_submitted(here):
    with pytest.raises(ConfigError, match="expected a task"):
        pack(here / "run", "mine", "quickstart")


def test_where_a_run_was_made_is_not_published(packed, here):
    assert str(here) not in packed
    assert "runtime" not in packed


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("sk-" + "a1B2c3D4" * 4, "key"),
        ("hf_" + "a1B2c3D4" * 4, "key"),
        ("Authorization: Bearer " + "a1B2c3D4" * 4, "key"),
        ("https://me:secret@host/v1", "key"),
        ("data:image/png;base64,iVBORw0", "picture"),
        ("iVBORw0KGgoAAAANSUhEUgAA" * 40, "picture"),
        ("/home/somebody/weights.pt", "path"),
        ("C:\\Users\\somebody", "path"),
        ("file:///srv/x", "path"),
    ],
)
def test_what_must_not_be_published_is_found(text, kind):
    assert any(kind in fault for fault in leaks({"setting": text}))


@pytest.mark.parametrize(
    "text", ["The object grows.", "https://api.openai.com/v1", "gpt-5.4-mini", "bench.models.exact", "a/b", "x" * 5000]
)
def test_ordinary_settings_are_published(text):
    assert not list(leaks({"setting": text}))


def test_a_slash_in_an_answer_is_a_slash():
    assert not list(leaks({"explanations": [{"text": "from /small/ to /large/ sizes"}]}))


def finished(name: str, failed: dict) -> Finished:
    """A run of which only the name and the failures matter."""
    return Finished(Plan((), ()), Ledger(failed=failed), [], [], {"name": name}, (), {}, 0.0)


def test_a_run_that_cannot_be_packed_says_why_and_goes_on(here, tmp_path, capsys):
    _submission(finished("dsprites_exact", {}), tmp_path)
    assert "no submission: expected a file of a run" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "failed"), [("quickstart", {}), ("dsprites_exact", {"key": DataError("damaged")})])
def test_only_whole_runs_of_a_task_are_packed(here, tmp_path, capsys, name, failed):
    shutil.copytree(here / "run", tmp_path / "run", ignore=shutil.ignore_patterns("submission"))
    _submission(finished(name, failed), tmp_path / "run")
    assert not (tmp_path / "run" / "submission").exists()
    assert capsys.readouterr().err == ""
