import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from annotation.exports import exported, with_items

from bench.annotation import reading
from bench.annotation.intake import take_in
from bench.annotation.lines import read_given
from bench.datasets.references import read_references
from bench.errors import DataError


def spoilt(tree, *path, value):
    """The tree with one value replaced."""
    copy = deepcopy(tree)
    node = copy
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return copy


def files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.jsonl"))}


def test_words_become_references_and_a_blank_one_stands_for_no_pattern(tree, task, write, tmp_path):
    take_in([write(tree)], task, tmp_path / "datasets")
    [path] = (tmp_path / "datasets" / "dsprites" / "references").glob("*.jsonl")
    found = read_references(path)
    assert [(one.model, one.unit, one.annotator) for one in found] == [("exact_panel", item.unit, "anna") for item in task.items]
    assert [one.text for one in found] == ["", *["It grows."] * 9]


def test_labels_and_ratings_are_read_back_as_they_were_exported(tree, task, write, tmp_path):
    export = write(tree)
    take_in([export], task, tmp_path / "datasets")
    kept = sorted((tmp_path / "datasets" / "dsprites" / "annotations").glob("*.jsonl"))
    assert [path.name.split("_")[0] for path in kept] == ["labels", "ratings"]
    assert read_given(kept) == read_given([export])


def test_importing_twice_changes_nothing(tree, task, write, tmp_path):
    export, to = write(tree), tmp_path / "datasets"
    take_in([export], task, to)
    before = files(to)
    assert {(one.added, one.replaced) for one in take_in([export], task, to)} == {(0, 0)}
    assert files(to) == before


def test_another_rater_and_an_export_that_has_grown_are_added_below(tree, task, write, tmp_path):
    to = tmp_path / "datasets"
    half = tree | {"answers": tree["answers"][:4], "ratings": []}
    take_in([write(half)], task, to)
    before = files(to)
    grown = spoilt(tree, "answers", 1, "seconds", value=60.0)  # the rater looked again and left it as it was
    take_in([write(grown), write(exported(task, "ben", 1), "ben.json")], task, to)
    after = files(to)
    assert all(after[name].startswith(text) for name, text in before.items())
    assert {one.annotator for one in read_given([*to.rglob("labels_*.jsonl")]).labels} == {"anna", "ben"}


def test_a_changed_answer_is_refused_unless_it_shall_replace(tree, task, write, tmp_path):
    to = tmp_path / "datasets"
    take_in([write(tree)], task, to)
    before = files(to)
    changed = write(spoilt(tree, "answers", 1, "text", value="It shrinks."))
    with pytest.raises(DataError, match=r"1 answer\(s\) differ from those that are there, the first of anna; give --replace"):
        take_in([changed], task, to)
    assert files(to) == before
    assert sum(one.replaced for one in take_in([changed], task, to, replace=True)) == 2
    assert [text.count("It shrinks.") for text in files(to).values()] == [1, 0, 1]


def test_factors_without_words_are_no_reference(tree, task, write, tmp_path):
    take_in([write(spoilt(tree, "answers", 1, "text", value=" "))], task, tmp_path / "datasets")
    [path] = tmp_path.rglob("annotated_*.jsonl")
    assert task.items[1].unit not in {one.unit for one in read_references(path)}


def test_words_that_a_rater_took_back_are_no_reference_any_more(tree, task, write, tmp_path):
    take_in([write(tree)], task, tmp_path / "datasets")
    ticks_alone = write(spoilt(tree, "answers", 1, "text", value=""))
    with pytest.raises(DataError, match="give --replace"):
        take_in([ticks_alone], task, tmp_path / "datasets")
    take_in([ticks_alone], task, tmp_path / "datasets", replace=True)
    [path] = tmp_path.rglob("annotated_*.jsonl")
    assert [one.unit for one in read_references(path)] == [item.unit for i, item in enumerate(task.items) if i != 1]


def test_ticks_alone_make_no_file_of_references(tree, task, write, tmp_path):
    ticks_alone = tree | {"answers": [answer | {"text": ""} for answer in tree["answers"][1:]]}
    take_in([write(ticks_alone)], task, tmp_path / "datasets")
    assert not list(tmp_path.rglob("annotated_*.jsonl"))


def test_words_about_a_model_that_is_trained_anew_are_kept_as_labels_alone(task, write, tmp_path):
    anew = with_items(task, lambda item: replace(item, frozen=False))
    take_in([write(exported(anew))], anew, tmp_path / "datasets")
    assert not list(tmp_path.rglob("annotated_*.jsonl"))
    assert len(read_given([*tmp_path.rglob("labels_*.jsonl")]).labels) == 10


def test_a_reference_is_one_line_without_tricks(tree, task, write, tmp_path):
    take_in([write(spoilt(tree, "answers", 1, "text", value="It\n\u202egrows\u2028 <b>."))], task, tmp_path / "datasets")
    [path] = tmp_path.rglob("annotated_*.jsonl")
    assert "It grows <b>." in {one.text for one in read_references(path)}


SCALE = {"factor": "scale", "direction": "increase"}
FAULTS = {
    "another page": (("page",), "0" * 32, "belongs to page"),
    "another format": (("format",), "csv", "expected an export of an annotation page"),
    "another version": (("version",), 2, "version 2 of exports"),
    "an order that the page lacks": (("rater",), 3, "rater: the page has 3"),
    "a name with a path": (("annotator",), "../anna", "annotator: expected 1 to 32 small letters"),
    "an unknown unit": (("answers", 1, "unit"), "z99", "answers.1: the page has no unit 'z99'"),
    "another model": (("answers", 1, "model"), "exact_identity", "answers.1: the page has no unit"),
    "weights of another model": (("answers", 1, "key"), "0" * 32, "answers.1: the page has no unit"),
    "an unknown factor": (("answers", 1, "factors"), [{"factor": "mood", "direction": "change"}], "factor 'mood': expected one of"),
    "a direction of a shape": (("answers", 1, "factors"), [{"factor": "shape", "direction": "increase"}], "has no direction"),
    "an unknown direction": (("answers", 1, "factors"), [{"factor": "scale", "direction": "up"}], "answers.1.factors.0.direction"),
    "a factor twice": (("answers", 1, "factors"), [SCALE, SCALE], "factor 'scale' came twice"),
    "nothing with words": (("answers", 1, "none"), True, "answers.1: says that there is no clear pattern, and yet"),
    "no answer": (("answers", 0, "none"), False, "answers.0: says nothing"),
    "a number as text": (("answers", 1, "text"), 3, "answers.1.text: Input should be a valid string"),
    "a very long text": (("answers", 1, "text"), "x" * 2001, "expected at most 2000 characters, got 2,001"),
    "half a character": (("answers", 1, "text"), "\ud800", "export again"),
    "a time below zero": (("answers", 1, "seconds"), -1, "seconds: expected a time"),
    "an unknown key": (("answers", 1, "mood"), "good", "answers.1.mood: Unexpected keyword argument"),
    "an unknown text": (("ratings", 0, "said"), "0" * 16, "ratings.0: the page shows no text"),
    "a rating of an unknown unit": (("ratings", 0, "unit"), "z99", "ratings.0: the page has no unit"),
    "a rating off the scale": (("ratings", 0, "rating"), 6, "expected a rating from 1 to 5, got 6"),
    "a rating between two": (("ratings", 0, "rating"), 4.5, "ratings.0.rating: Input should be a valid integer"),
    "a list for an answer": (("answers", 1), [], "answers.1: Input should be an object"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_and_nothing_is_written(fault, tree, task, write, tmp_path):
    path, value, told = FAULTS[fault]
    with pytest.raises(DataError) as caught:
        take_in([write(spoilt(tree, *path, value=value))], task, tmp_path / "datasets")
    assert told in str(caught.value)
    assert not (tmp_path / "datasets").exists()


RAW = {
    "no JSON": (b"hello", "expected the JSON that the page exports"),
    "no object": (b"[]", "expected an export of an annotation page"),
    "a key twice": (b'{"format": 1, "format": 2}', "a key came twice"),
    "a number that is none": (b'{"format": NaN}', "NaN is no JSON number"),
    "no UTF-8": (b"\xff\xfe", "not UTF-8 text"),
    "a deep nest": (b"[" * 200_000, "expected the JSON that the page exports"),
}


@pytest.mark.parametrize("fault", RAW)
def test_bytes_that_are_no_export_are_refused(fault, task, tmp_path):
    content, told = RAW[fault]
    path = tmp_path / "export.json"
    path.write_bytes(content)
    with pytest.raises(DataError, match=told):
        take_in([path], task, tmp_path / "datasets")


def test_a_file_that_is_far_too_large_is_not_read_to_its_end(tree, task, write, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST", 1000)
    with pytest.raises(DataError, match="more than 1,000 bytes"):
        take_in([write(tree)], task, tmp_path / "datasets")


def test_a_file_that_is_not_there_is_named(task, tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        take_in([tmp_path / "none.json"], task, tmp_path / "datasets")


@pytest.mark.parametrize("part", ["answers", "ratings"])
def test_a_doubled_line_is_refused(part, tree, task, write, tmp_path):
    with pytest.raises(DataError, match="came twice"):
        take_in([write(tree | {part: [*tree[part], tree[part][0]]})], task, tmp_path / "datasets")


def test_one_rater_in_two_files_is_refused(tree, task, write, tmp_path):
    with pytest.raises(DataError, match="anna came twice; give only the newer file"):
        take_in([write(tree), write(tree, "again.json")], task, tmp_path / "datasets")


def test_all_faults_of_a_file_are_told_at_once_and_no_more_than_one_can_read(tree, task, write, tmp_path):
    wrong = tree | {"ratings": [rating | {"rating": 0} for rating in tree["ratings"]] * 9}
    with pytest.raises(DataError) as caught:
        take_in([write(wrong)], task, tmp_path / "datasets")
    assert len(str(caught.value).splitlines()) == 52
    assert str(caught.value).splitlines()[-1].strip().startswith("and ")


def test_a_page_of_a_dataset_with_a_path_for_a_name_writes_nowhere(task, write, tmp_path):
    away = with_items(task, lambda item: replace(item, dataset="../../away"))
    away = replace(away, factors={"../../away": task.factors["dsprites"]})
    with pytest.raises(DataError, match="expected the name of a dataset"):
        take_in([write(exported(away))], away, tmp_path / "datasets")
    assert list(tmp_path.iterdir()) == [tmp_path / "export.json"]


def test_a_damaged_file_of_lines_is_named_and_stays(tree, task, write, tmp_path):
    export, to = write(tree), tmp_path / "datasets"
    take_in([export], task, to)
    [labels] = to.rglob("labels_*.jsonl")
    labels.write_text(labels.read_text(encoding="utf-8") + '{"page": 1}\nno\n', encoding="utf-8")
    before = files(to)
    with pytest.raises(DataError, match=r"2 fault\(s\)(.|\n)*line 11(.|\n)*line 12"):
        take_in([export], task, to)
    assert files(to) == before


def test_two_answers_of_one_rater_to_the_same_unit_are_refused_when_they_differ(tree, write):
    other = spoilt(tree, "ratings", 0, "rating", value=1)
    with pytest.raises(DataError, match="answered the same unit differently"):
        read_given([write(tree), write(other, "other.json")])
    assert len(read_given([write(tree), write(json.loads(json.dumps(tree)), "same.json")]).labels) == 10
