import json

import pytest
from annotation.exports import exported

from bench.annotation.commands import annotate
from bench.annotation.page import read_task
from bench.errors import DataError


def told(capsys):
    return json.loads(capsys.readouterr().out)


def test_from_a_run_to_a_page_to_references_to_agreement(run_folder, away, capsys):
    assert annotate([str(run_folder), "--units", "6", "--texts", "2", "--raters", "2", "--json"]) == 0
    made = told(capsys)
    task = read_task(away / made["path"])
    assert (made["units"], made["raters"], made["page"]) == (6, 2, task.fingerprint)
    for rater, name in enumerate(("anna", "ben")):
        (away / f"{name}.json").write_text(json.dumps(exported(task, name, rater)))
    assert annotate(["import", "anna.json", "ben.json", "--json"]) == 0
    written = told(capsys)
    assert [one["added"] for one in written if "labels" in one["path"]] == [12]
    files = [str(path) for path in (away / "datasets").rglob("*.jsonl") if path.parent.name == "annotations"]
    asked = ["agreement", *files, "--runs", str(run_folder), "--metric", "set_f1", "--draws", "20"]
    assert annotate([*asked, "--json"]) == 0
    found = told(capsys)
    assert {one["value"] for one in found["agreement"] if one["question"] == "no clear pattern"} == {1.0}
    assert {one["metric"] for one in found["ceiling"]} == {"set_f1"}
    assert {one["metric"] for one in found["metrics"]} == {"set_f1", "rouge_l"}
    assert annotate(asked) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("#")] == [
        "# Agreement",
        "# Human ceiling",
        "# Metrics and people",
    ]


def test_a_page_that_is_not_there_is_named(away):
    (away / "anna.json").write_text("{}")
    with pytest.raises(DataError, match=r"expected a page .* at annotate\.html"):
        annotate(["import", "anna.json"])
