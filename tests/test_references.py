"""What people wrote about units reaches the metrics, and a change of it the keys of scores, and of nothing else."""

import json

import pytest

from bench.cells import cells
from bench.compose import composer
from bench.datasets import references
from bench.datasets.references import load_references
from bench.errors import DataError
from bench.plan import plan

CELL = ("model=exact_identity", "explainer=constant", "metric=[rouge_l,set_f1]", "tracker=none")
TEXT = "The shape changes from a square over an ellipse to a heart."


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Puts one line about `exact_identity` in the folder of dSprites, or takes all away."""
    shipped = references.shipped

    def data(folder, *parts):
        return tmp_path.joinpath(folder, *parts) if (tmp_path / folder).exists() else shipped(folder, *parts)

    monkeypatch.setattr(references, "shipped", data)

    def write(*texts, unit="z0", model="exact_identity"):
        folder = tmp_path / "datasets" / "dsprites" / "references"
        folder.mkdir(parents=True, exist_ok=True)
        lines = [{"model": model, "unit": unit, "annotator": f"a{i}", "text": text} for i, text in enumerate(texts)]
        (folder / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        load_references.cache_clear()

    load_references.cache_clear()
    yield write
    load_references.cache_clear()


def planned(*overrides):
    with composer([*CELL, *overrides]) as (fixed, axes):
        [cell] = plan(cells(fixed, axes)).cells
    return cell


def keys(*overrides):
    """The keys of all stages; those of scores by the name of the metric."""
    cell = planned(*overrides)
    return {stage.kind: stage.key for stage in cell.stages()} | {name: stage.key for name, stage in cell.scores.items()}


def differing(before, after):
    return {name for name in before if before[name] != after[name]}


def test_references_change_the_keys_of_scores_alone(written):
    bare = keys()
    written(TEXT)
    first = keys()
    assert differing(bare, first) == {"score", "rouge_l", "set_f1"}
    written(TEXT, "Square, ellipse, heart.")
    assert differing(first, keys()) == {"score", "rouge_l", "set_f1"}


def test_no_references_leave_the_keys_as_they_were(written):
    bare = keys()
    written()
    assert keys() == bare
    written(" ")
    assert keys() == bare


def test_references_of_other_models_leave_the_keys_as_they_were(written):
    bare = keys()
    written(TEXT, model="exact_panel")
    assert keys() == bare


def test_references_are_recorded_in_the_recipe(written):
    written(TEXT)
    assert planned().scores["rouge_l"].recipe["config"]["references"] == {"z0": (TEXT,)}


@pytest.mark.parametrize("other", ["model.generator.latents=11", "model=beta_vae_small"])
def test_a_model_that_is_changed_or_trained_anew_is_not_the_one_that_people_saw(written, other):
    bare = keys(other)
    written(TEXT, model="beta_vae_small" if other.startswith("model=") else "exact_identity")
    assert keys(other) == bare


def value(finished, metric):
    [row] = [row for row in finished.rows if row.metric == metric and row.unit == "z0"]
    return row.value


def test_references_reach_the_metric(written, benchmark_of):
    run = [*CELL, f"explainer.text='{TEXT}'"]
    bare = benchmark_of(*run)
    written(TEXT)
    human = benchmark_of(*run)
    assert value(bare, "rouge_l") < value(human, "rouge_l") == 1.0
    assert value(bare, "set_f1") == value(human, "set_f1")


def test_words_for_a_unit_that_the_model_lacks_raise(written, benchmark_of):
    written(TEXT, unit="z77")
    finished = benchmark_of(*CELL)
    [message] = {str(error) for error in finished.ledger.failed.values()}
    assert "z77" in message


def test_a_broken_file_of_references_raises(written, tmp_path):
    written(TEXT)
    (tmp_path / "datasets" / "dsprites" / "references" / "a.jsonl").write_text("{\n")
    load_references.cache_clear()
    with pytest.raises(DataError, match="expected JSON"):
        planned()
