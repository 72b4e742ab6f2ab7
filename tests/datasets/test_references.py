import json

import pytest

from bench.datasets import references
from bench.datasets.references import load_references, read_references, unit_references
from bench.errors import DataError


def line(**fields):
    return json.dumps({"model": "m", "unit": "latent_0", "annotator": "a1", "text": "It grows."} | fields)


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A dataset's folder of its own; writes its reference files."""
    monkeypatch.setattr(references, "shipped", lambda folder, *parts: tmp_path.joinpath(folder, *parts))
    load_references.cache_clear()

    def write(**files):
        folder = tmp_path / "datasets" / "toys" / "references"
        folder.mkdir(parents=True)
        for name, lines in files.items():
            (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")

    yield write
    load_references.cache_clear()


def test_texts_are_found_by_model_and_unit_in_order(shipped):
    shipped(b=[line(annotator="a3", text="Bigger.")], a=[line(), line(annotator="a2", text="Größer 🙂"), line(unit="latent_1")])
    assert load_references("toys") == {
        ("m", "latent_0"): ("It grows.", "Größer 🙂", "Bigger."),
        ("m", "latent_1"): ("It grows.",),
    }


def test_a_blank_text_is_no_reference(shipped):
    shipped(a=[line(text=" "), line(annotator="a2")])
    assert load_references("toys") == {("m", "latent_0"): ("It grows.",)}


def test_a_dataset_without_a_folder_has_none(shipped):
    assert load_references("toys") == {}


def test_one_error_lists_every_fault(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(["{", "", line(text=3), '{"unit": "latent_0"}', "[]"]), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_references(path)
    message = str(caught.value)
    assert "4 fault(s)" in message
    assert "line 1: expected JSON" in message
    assert "line 3: text: expected text, got 3" in message
    assert "line 4: expected the keys model, unit, annotator, text, got unit" in message
    assert "line 5: expected the keys" in message


def test_one_annotator_speaks_once_of_a_unit(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join([line(), line(annotator="a2"), line(text="It shrinks.")]), encoding="utf-8")
    with pytest.raises(DataError, match=r"line 3: .*came before"):
        read_references(path)


def test_datasets_that_show_the_same_pictures_share_their_references(shipped):
    shipped(a=[line(), line(model="other", unit="latent_9")])
    assert unit_references("toys", "m") == unit_references("toys_official", "m") == {"latent_0": ("It grows.",)}


def test_a_model_or_a_dataset_that_nobody_wrote_about_has_no_references(shipped):
    shipped(a=[line()])
    assert unit_references("toys", "n") == unit_references("toysome", "m") == unit_references("games", "m") == {}
