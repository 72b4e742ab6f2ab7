import json
import os
import sys

import pytest

from bench.errors import DataError
from bench.metrics.spice import JAR, PARSERS, Spice, command, installed, request, scores
from bench.metrics.told import references

PROGRAM = """#!{python}
import json, sys
arguments = sys.argv[1:]
assert arguments[:3] == ["-Xmx1G", "-jar", "{jar}"], arguments
asked = json.load(open(arguments[3]))
told = [{{"image_id": item["image_id"], "scores": {{"All": {{"f": len(item["refs"]) / 100}}}}}} for item in asked]
json.dump(told[::-1], open(arguments[arguments.index("-out") + 1], "w"))
"""


@pytest.fixture
def folder(tmp_path):
    for name in (JAR, *PARSERS):
        path = tmp_path / "spice" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "spice"


@pytest.fixture
def java(tmp_path, monkeypatch):
    """Puts a program called java first on the path, which answers like SPICE or does as told."""

    def made(text=None):
        path = tmp_path / "bin" / "java"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text or PROGRAM.format(python=sys.executable, jar=JAR))
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")

    return made


def spice(folder):
    return Spice(folder=str(folder), memory="1G")


def test_one_error_says_all_that_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DataError) as caught:
        installed(str(tmp_path))
    assert all(word in str(caught.value) for word in ("Java", "pip install pycocoevalcap", "Stanford CoreNLP 3.6.0", *PARSERS))


def test_the_error_leaves_out_what_is_there(folder, java):
    java()
    (folder / PARSERS[1]).unlink()
    with pytest.raises(DataError) as caught:
        installed(str(folder))
    assert PARSERS[1] in str(caught.value)
    assert "pip install" not in str(caught.value)
    assert "Java (" not in str(caught.value)


def test_a_machine_without_the_parser_raises_when_it_scores(tmp_path, judge):
    with pytest.raises(DataError, match="SPICE needs"):
        spice(tmp_path)([judge("It grows.", scale=1)])


def test_nothing_to_score_needs_no_program(tmp_path, judge):
    assert spice(tmp_path)([judge(None, scale=1), judge("It grows."), judge(" ", scale=1)]) == [None, None, 0.0]


def test_the_command_line_names_the_files(tmp_path):
    assert command(tmp_path, "8G") == [
        "java",
        "-Xmx8G",
        "-jar",
        "spice-1.0.jar",
        str(tmp_path / "in.json"),
        "-cache",
        str(tmp_path / "cache"),
        "-out",
        str(tmp_path / "out.json"),
        "-silent",
    ]
    assert (tmp_path / "cache").is_dir()


def test_the_request_numbers_the_answers():
    assert json.loads(request([("a", ("b", "c"))])) == [{"image_id": 0, "test": "a", "refs": ["b", "c"]}]


def test_scores_are_put_in_the_order_of_the_request():
    items = [{"image_id": i, "scores": {"All": {"f": f}}} for i, f in ((1, 0.25), (0, 0.5), (2, float("nan")))]
    assert scores(json.dumps(items)) == [0.5, 0.25, 0.0]


@pytest.mark.parametrize("answer", ["", "{}", "[1]", '[{"image_id": 0, "scores": {}}]'])
def test_an_answer_that_is_no_score_raises(answer):
    if answer == "{}":
        assert scores(answer) == []
    else:
        with pytest.raises(DataError, match="expected scores from SPICE"):
            scores(answer)


def test_equal_answers_are_sent_once_and_come_back_in_order(folder, java, judge):
    java()
    one, other = judge("It grows.", scale=1), judge("It changes.", scale=1, orientation=1)
    sizes = [len(references(case)) / 100 for case in (one, other)]
    assert spice(folder)([one, other, one, judge(None, scale=1)]) == [sizes[0], sizes[1], sizes[0], None]


def test_a_program_that_fails_says_what_it_said(folder, java, judge):
    java("#!/bin/sh\necho 'no memory left' >&2\nexit 3\n")
    with pytest.raises(DataError, match=r"exit code 3: no memory left.*Java 8"):
        spice(folder)([judge("It grows.", scale=1)])
