import dataclasses

import pytest
import yaml

from bench.datasets.vocabulary import load_vocabulary, read_vocabulary
from bench.errors import DataError

GOOD = {
    "subject": "the object",
    "factors": [
        {
            "factor": "scale",
            "says": {"increase": ["grows"], "decrease": ["shrinks"], "change": ["changes its size"]},
            "nouns": ["size"],
            "increase": ["grow"],
            "values": {"small": ["small", "tiny"], "large": ["large"]},
        }
    ],
}


def written(tmp_path, tree):
    path = tmp_path / "vocabulary.yaml"
    path.write_text(tree if isinstance(tree, str) else yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return path


def edited(**changes):
    return GOOD | {"factors": [GOOD["factors"][0] | changes]}


def test_a_file_is_read_as_it_is_written(tmp_path):
    words = read_vocabulary(written(tmp_path, GOOD))
    scale = words.factors[0]
    assert words.subject == "the object"
    assert (scale.factor, scale.nouns, scale.increase) == ("scale", ("size",), ("grow",))
    assert scale.says["change"] == ("changes its size",)
    assert list(scale.values.items()) == [("small", ("small", "tiny")), ("large", ("large",))]


def test_lists_that_are_left_out_are_empty(tmp_path):
    scale = read_vocabulary(written(tmp_path, GOOD)).factors[0]
    assert scale.decrease == scale.change == ()


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ("subject: [", "expected YAML"),
        ("just words", "expected the keys subject and factors, got 'just words'"),
        ({"subject": "the object"}, "expected the keys subject and factors, got subject"),
        (GOOD | {"subject": " "}, "subject: expected words such as 'the object', got ' '"),
        (GOOD | {"factors": []}, "factors: expected a list of at least one factor"),
        (GOOD | {"factors": ["scale"]}, r"factors\[0\]: expected keys factor, says, nouns, .*got 'scale'"),
        (GOOD | {"factors": GOOD["factors"] * 2}, "factors: 'scale' is listed twice"),
        (edited(noun=["size"]), r"factors\[0\].noun: unknown key; valid keys: factor, says, nouns"),
        (edited(factor=3), r"factors\[0\].factor: expected a name, got 3"),
        (edited(nouns="size"), r"factors\[0\].nouns: expected a list of words, got 'size'"),
        (edited(increase=["grow", True]), r"factors\[0\].increase: expected words, got True \(bool\); quote it"),
        (edited(says={"increase": ["grows"]}), r"factors\[0\].says.change: expected at least one clause, got None"),
        (edited(says={"change": ["x"], "rise": ["grows"]}), r"factors\[0\].says.rise: expected one of increase, decrease, change"),
        (edited(says=["grows"]), r"factors\[0\].says: expected keys with lists of words"),
        (edited(values={1: ["one"]}), r"factors\[0\].values: expected names as keys, got 1 \(int\); quote it"),
        (edited(values={"one": "one"}), r"factors\[0\].values.one: expected a list of words, got 'one'"),
    ],
)
def test_a_fault_is_named(tmp_path, tree, message):
    with pytest.raises(DataError, match=message):
        read_vocabulary(written(tmp_path, tree))


def test_a_missing_key_is_named(tmp_path):
    tree = GOOD | {"factors": [{"factor": "scale", "says": GOOD["factors"][0]["says"]}]}
    with pytest.raises(DataError, match=r"factors\[0\].nouns: expected a value, got none"):
        read_vocabulary(written(tmp_path, tree))


def test_all_faults_come_at_once(tmp_path):
    with pytest.raises(DataError, match="found 3 fault") as caught:
        read_vocabulary(written(tmp_path, edited(factor=3, nouns="size", extra=1)))
    assert str(tmp_path) in str(caught.value)


def test_an_unknown_dataset_is_an_error():
    with pytest.raises(DataError, match="no-such-set"):
        load_vocabulary("no-such-set")


def test_equal_vocabularies_are_one_key(tmp_path):
    path = written(tmp_path, GOOD)
    one, other = read_vocabulary(path), read_vocabulary(path)
    assert one is not other
    assert len({one, other}) == 1
    assert len({one, dataclasses.replace(one, subject="the shape")}) == 2


def test_dsprites_has_words_for_all_its_factors():
    names = [words.factor for words in load_vocabulary("dsprites").factors]
    assert names == ["color", "shape", "scale", "orientation", "position_x", "position_y"]


def test_directions_of_dsprites_are_worded_both_ways():
    for words in load_vocabulary("dsprites").factors:
        directed = words.factor not in ("color", "shape")
        assert bool(words.says.get("increase")) == bool(words.says.get("decrease")) == directed
        assert bool(words.increase) == bool(words.decrease) == directed
