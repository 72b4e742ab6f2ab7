import hashlib
import json
from dataclasses import replace

import pytest

from bench.errors import DataError
from bench.reports.publish import publish
from bench.reports.rows import explained, read_rows, write_explanations, write_rows


def test_rows_come_back_to_the_last_bit(tmp_path, make_row):
    cell = {"model": "m", "explainer": "e", "seed": 3, "beta": 0.1}
    rows = [make_row(cell, "set_f1", 0.1 + 0.2, unit="u", status="clean", outcome="answered"), make_row(cell, "kappa", None)]
    write_rows(tmp_path / "rows.jsonl", rows)
    back = read_rows(tmp_path / "rows.jsonl")
    assert back == rows
    assert back[0].value.hex() == (0.1 + 0.2).hex()
    assert [type(label) for label in back[0].cell.values()] == [float, str, str, int]


def test_a_whole_campaign_comes_back(tmp_path, runs):
    write_rows(tmp_path / "rows.jsonl", runs.rows)
    assert read_rows(tmp_path / "rows.jsonl") == runs.rows


def test_no_rows_are_an_empty_file(tmp_path):
    write_rows(tmp_path / "rows.jsonl", [])
    assert read_rows(tmp_path / "rows.jsonl") == []


def test_a_line_has_sorted_keys(tmp_path, make_row):
    write_rows(tmp_path / "rows.jsonl", [make_row({"b": 1, "a": 2}, "m", 1.0)])
    line = (tmp_path / "rows.jsonl").read_text()
    assert line.endswith("\n")
    assert list(json.loads(line)) == sorted(json.loads(line))
    assert '"cell":{"a":2,"b":1}' in line


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_value_that_is_not_finite_raises_and_leaves_the_old_file(tmp_path, make_row, value):
    path = tmp_path / "rows.jsonl"
    write_rows(path, [make_row({}, "m", 0.5)])
    before = path.read_text()
    with pytest.raises(DataError, match="finite"):
        write_rows(path, [make_row({}, "m", value)])
    assert path.read_text() == before
    assert [file.name for file in tmp_path.iterdir()] == ["rows.jsonl"]


def _damaged(line: str, **changes) -> str:
    return json.dumps(json.loads(line) | changes)


@pytest.mark.parametrize(
    ("mend", "said"),
    [
        (lambda line: line[: len(line) // 2], "cut short"),
        (lambda line: "", "expected one JSON object"),
        (lambda line: _damaged(line, value="0.5"), "value"),
        (lambda line: _damaged(line, value=float("nan")), "not finite"),
        (lambda line: _damaged(line, colour="red"), "colour"),
        (lambda line: _damaged(line, bounds=[0.0]), "bounds"),
        (lambda line: json.dumps({k: v for k, v in json.loads(line).items() if k != "unit"}), "unit"),
        (lambda line: "[1, 2]", "expected a score row"),
    ],
)
def test_a_damaged_line_is_named(tmp_path, make_row, mend, said):
    path = tmp_path / "rows.jsonl"
    write_rows(path, [make_row({"seed": i}, "m", 0.5) for i in range(3)])
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], mend(lines[1]), lines[2]]) + "\n")
    with pytest.raises(DataError, match=r"line 2: ") as caught:
        read_rows(path)
    assert said in str(caught.value)


def test_a_missing_file_raises(tmp_path):
    with pytest.raises(DataError, match=r"rows\.jsonl"):
        read_rows(tmp_path / "rows.jsonl")


def test_an_explanation_line_holds_answers_truth_and_outcome(tmp_path, runs):
    write_explanations(tmp_path / "explanations.jsonl", runs.records)
    lines = [json.loads(line) for line in (tmp_path / "explanations.jsonl").read_text().splitlines()]
    assert len(lines) == len(runs.records)
    record = next(r for r in runs.records if len(r.explanation.answers) > 1 and len(r.truth.effects) > 1)
    line = lines[runs.records.index(record)]
    assert line["unit"] == record.unit.name
    assert line["outcome"] == "answered"
    assert line["truth"]["effects"][1] == {"factor": "scale", "share": 0.42, "sign": -1}
    assert line["explanation"]["answers"] == list(record.explanation.answers)
    assert line["explanation"]["prompt"] == record.explanation.prompt


def test_a_line_names_the_wording_and_the_pictures_that_were_sent_by_their_hashes(runs):
    said = replace(runs.records[0].explanation, prompt="What changes?", images=("ab" * 32,))
    line = explained(replace(runs.records[0], explanation=said))
    assert line["prompt_sha256"] == hashlib.sha256(b"What changes?").hexdigest()
    assert line["explanation"]["images"] == ("ab" * 32,)
    nothing = explained(replace(runs.records[0], explanation=replace(said, prompt=None)))
    assert nothing["prompt_sha256"] is None


def test_a_unit_of_unknown_truth_has_none(runs):
    assert explained(replace(runs.records[0], truth=None))["truth"] is None


def test_publishing_replaces_the_text_and_leaves_no_draft(tmp_path):
    path = tmp_path / "new" / "a.txt"
    publish(path, "one\n")
    publish(path, "zwei ü\n")
    assert path.read_bytes() == "zwei ü\n".encode()
    assert [file.name for file in path.parent.iterdir()] == ["a.txt"]


def test_who_reads_while_a_text_is_replaced_reads_the_old_one_whole(tmp_path):
    path = tmp_path / "a.txt"
    publish(path, "the old text\n")
    with path.open() as reader:
        assert reader.read(4) == "the "
        publish(path, "a new one\n")
        assert reader.read() == "old text\n"
