import re

import pytest

from bench.errors import DataError
from bench.gauntlet import verdicts
from bench.gauntlet.keys import metric_key
from bench.gauntlet.trial import Result
from bench.gauntlet.verdicts import Verdict, as_json, read_verdicts, remarks
from bench.metrics.set_f1 import SetF1
from bench.reports.compared import comparison_table, rank_table
from bench.reports.formats import terminal
from bench.reports.latex import as_latex
from bench.reports.markdown import as_markdown
from bench.reports.statistics import Summary
from bench.reports.tables import tabulate


def verdict(name="set_f1", outcome="fails", key=None, reason=None):
    steps = {} if reason else {"flipped": Result(outcome, {"won": 0.5, "pairs": 4.0}), "added": Result("passes")}
    return Verdict(name, key or metric_key(name), steps, reason)


@pytest.fixture
def failing(monkeypatch):
    """set_f1 fails a step, as far as any table knows."""
    monkeypatch.setattr(verdicts, "committed", lambda: {"set_f1": verdict()})


def test_a_file_of_verdicts_reads_back(tmp_path):
    path = tmp_path / "gauntlet.json"
    path.write_text(as_json([verdict(), verdict("spice", reason="no Java")]))
    assert read_verdicts(path) == {"set_f1": verdict(), "spice": verdict("spice", reason="no Java")}


@pytest.mark.parametrize("text", ["", "{}", '[{"metric": "set_f1"}]', "[1]"])
def test_a_damaged_file_is_named(tmp_path, text):
    path = tmp_path / "gauntlet.json"
    path.write_text(text)
    if text == "{}":
        assert read_verdicts(path) == {}
        return
    with pytest.raises(DataError, match=re.escape(str(path))):
        read_verdicts(path)


def test_a_failed_step_is_named():
    assert remarks(["set_f1"], {"set_f1": verdict()}) == ["Fails the gauntlet: set_f1 (flipped)."]


@pytest.mark.parametrize("outcome", ["passes", "blind", "unclaimed", "undefined"])
def test_nothing_is_said_of_a_metric_that_fails_nothing_it_claims(outcome):
    assert remarks(["set_f1"], {"set_f1": verdict(outcome=outcome)}) == []


@pytest.mark.parametrize("known", [{}, {"set_f1": verdict(key="old")}, {"set_f1": verdict(reason="no Java")}])
def test_a_metric_without_a_verdict_on_what_it_is_now_has_not_run(known):
    assert remarks(["set_f1", "set_f1"], known) == ["Not run through the gauntlet: set_f1."]


def test_a_key_changes_with_the_version_and_with_what_the_metric_says_it_sees(monkeypatch):
    keys = [metric_key("set_f1")]
    monkeypatch.setattr(SetF1, "version", 99)
    keys.append(metric_key("set_f1"))
    monkeypatch.setattr(SetF1, "sees", frozenset({"directions"}), raising=False)
    keys.append(metric_key("set_f1"))
    assert len(set(keys)) == 3


def test_a_key_covers_the_encoder_that_a_metric_mentions(monkeypatch):
    from bench.encoders.joint import JointEncoding

    before = metric_key("clip_alignment"), metric_key("set_f1")
    monkeypatch.setattr(JointEncoding, "version", 99)
    assert metric_key("clip_alignment") != before[0]
    assert metric_key("set_f1") == before[1]


def test_a_metric_of_somebody_else_has_no_key():
    assert metric_key("my_own") is None
    assert remarks(["my_own"], {}) == ["Not run through the gauntlet: my_own."]


def summary():
    return Summary({"model": "m", "explainer": "e"}, "set_f1", 0.5, 0.4, 0.6, 9, 0, 0, 0, 6, True, (0.0, 1.0))


@pytest.mark.parametrize("form", [terminal, as_markdown, lambda table: as_latex(table, "", "")])
def test_every_rendering_of_a_table_names_the_failed_step(failing, form):
    assert re.search(r"Fails\s+the\s+gauntlet:\s+set\\?_f1\s+\(flipped\)", form(tabulate([summary()])))


def test_comparisons_name_the_failed_step(failing):
    assert "Fails the gauntlet: set_f1 (flipped)." in rank_table({"set_f1": []}).notes
    assert not [note for note in comparison_table([]).notes if "gauntlet" in note]
