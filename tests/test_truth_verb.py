import csv
import json

import pytest

from bench.__main__ import _dispatch
from bench.artifacts import Truth
from bench.codecs import load_records
from bench.errors import ConfigError
from bench.truth_verb import labelled

TINY = (
    "dataset=dsprites",
    "model=dsprites_beta_tcvae_s0",
    "model.truth.references=4",
    "model.truth.steps=3",
    "model.truth.sample=600",
    "model.truth.encoder.permutations=3",
    "model.truth.reader.bank=500",
    "model.truth.reader.passes=1",
    "runtime.threads=1",
)
FILES = ("truth.jsonl", "table.csv", "table.md", "scores.json")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A trained model, labelled in a hurry, and the files of it."""
    root = tmp_path_factory.mktemp("labelled")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        [(found, paths)] = labelled(TINY, root / "here", "adjusted_variance")
    return root, found, paths


def test_the_files_lie_where_they_were_asked_for(trained):
    root, _, paths = trained
    assert paths == [root / "here" / name for name in FILES]
    assert all(path.stat().st_size > 0 for path in paths)


def test_the_store_holds_the_labels_and_the_file_repeats_them(trained):
    root, found, _ = trained
    [stage] = (root / "store" / "label").iterdir()
    kept = load_records(stage, "truths", Truth)
    assert kept == tuple(found.truths) == load_records(root / "here", "truth", Truth)


def test_labels_are_taken_from_the_store_with_the_same_scores(trained, monkeypatch):
    root, found, _ = trained
    monkeypatch.chdir(root)
    monkeypatch.setattr("bench.pipeline.label", lambda *_: pytest.fail("labelled again"))
    [(again, _)] = labelled(TINY, root / "again", "adjusted_variance")
    assert (again.truths, again.scores) == (found.truths, found.scores)


def test_a_trained_model_has_every_score_but_what_its_back_end_lacks(trained):
    scores = json.loads((trained[0] / "here" / "scores.json").read_text())
    assert {score["name"] for score in scores if score["value"] is None} == {"dci_informativeness"}
    assert all(score["value"] is None or 0 <= score["value"] <= 1 for score in scores)


def test_the_table_has_a_line_a_unit_with_full_precision(trained):
    root, found, _ = trained
    rows = list(csv.DictReader((root / "here" / "table.csv").read_text().splitlines()))
    assert [row["unit"] for row in rows] == [truth.unit for truth in found.truths]
    assert [float(row["share/scale"]) for row in rows] == [truth.evidence["share/scale"] for truth in found.truths]
    assert all(f"| z{i} |" in (root / "here" / "table.md").read_text() for i in range(5))


def test_an_exact_decoder_has_a_table_and_no_scores_for_a_reason(away, capsys):
    assert _dispatch(["truth", "dataset=dsprites", "model=exact_identity", "--json"]) == 0
    [model] = json.loads(capsys.readouterr().out)
    assert model["model"] == "dsprites_exact_identity"
    assert [unit["status"] for unit in model["units"]] == ["clean"] * 5 + ["inactive"] * 5
    assert {(score["value"], score["reason"]) for score in model["scores"]} == {(None, "the model has no encoder")}
    assert all((away / path).is_file() for path in model["files"])


def test_people_get_a_table_the_scores_and_the_paths(away, capsys):
    assert _dispatch(["truth", "dataset=dsprites", "model=exact_identity", "--to", "here"]) == 0
    said = capsys.readouterr().out
    assert "scale rises (1.00)" in said
    assert "mig: undefined, the model has no encoder" in said
    assert said.splitlines()[-4:] == [f"here/{name}" for name in FILES]


def test_several_models_have_a_table_and_a_folder_each(away):
    found = labelled(["dataset=dsprites", "model=exact_identity,exact_blend"], away / "both", "adjusted_variance")
    assert [one.name for one, _ in found] == ["dsprites_exact_identity", "dsprites_exact_blend"]
    assert [paths[0].parent.name for _, paths in found] == ["dsprites_exact_identity", "dsprites_exact_blend"]


def test_a_model_without_a_source_of_truth_is_refused(away):
    with pytest.raises(ConfigError, match=r"truth@model\.truth=recovered"):
        labelled(["dataset=dsprites", "model=exact_identity", "model.truth=null"], away, "adjusted_variance")
