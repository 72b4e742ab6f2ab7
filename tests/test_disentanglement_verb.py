import json

import pytest

from bench.__main__ import _dispatch
from bench.disentanglement.panel import Name
from bench.errors import ConfigError
from bench.reports.comparison import compare
from bench.reports.rows import read_rows
from bench.reports.statistics import summarise

MODELS = ("dsprites_beta_vae_small_s0", "dsprites_beta_vae_small_s1")
SETTINGS = ("dataset=dsprites", "runtime.threads=1", "--sample", "600")
BESIDE = {"reconstruction", "attention_overlap"}


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """The rows of two models, as the command writes them."""
    root = tmp_path_factory.mktemp("scored")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert _dispatch(["disentanglement", f"model={','.join(MODELS)}", *SETTINGS, "--to", "here"]) == 0
    return read_rows(root / "here" / "rows.jsonl")


def test_every_model_has_every_score_once(rows):
    known = {*Name.__args__, *BESIDE}
    assert sorted((row.cell["model"], row.metric) for row in rows) == sorted((model, name) for model in MODELS for name in known)


def test_scores_lie_in_their_bounds_and_only_the_untrained_back_end_has_none(rows):
    assert {row.metric for row in rows if row.value is None} == {"dci_informativeness"}
    assert all(row.value is None or row.bounds[0] <= row.value <= row.bounds[1] for row in rows)


def test_a_trained_model_rebuilds_better_than_chance(rows):
    assert all(row.value < 200 for row in rows if row.metric == "reconstruction")


def test_rows_make_a_table_with_intervals(rows):
    same = [s for s in summarise(rows, ("dataset",)) if s.metric == "mig"]
    [first, second] = [row.value for row in rows if row.metric == "mig"]
    assert [(s.mean, s.scored) for s in same] == [(pytest.approx((first + second) / 2), 2)]
    assert same[0].low < same[0].high


def test_two_models_are_compared_in_pairs_of_one_seed(rows):
    [found] = compare(rows, ["reconstruction"], "model")
    values = {row.cell["model"]: row.value for row in rows if row.metric == "reconstruction"}
    assert (found.pairs, found.higher_is_better) == (1, False)
    assert found.difference == pytest.approx(values[str(found.first)] - values[str(found.second)])


def test_nothing_is_labelled(away, monkeypatch, capsys):
    monkeypatch.setattr("bench.pipeline.label", lambda *_: pytest.fail("labelled"))
    assert _dispatch(["disentanglement", f"model={MODELS[0]}", *SETTINGS]) == 0
    printed = capsys.readouterr().out
    assert "attention_overlap" in printed
    assert list(away.glob("outputs/*/*/rows.jsonl"))


def test_programs_get_json(away, capsys):
    assert _dispatch(["disentanglement", f"model={MODELS[0]}", *SETTINGS, "--json"]) == 0
    assert {one["metric"] for one in json.loads(capsys.readouterr().out)} == {*Name.__args__, *BESIDE}


def test_a_model_without_an_encoder_is_refused(away):
    with pytest.raises(ConfigError, match="expected a model with an encoder"):
        _dispatch(["disentanglement", "model=exact_identity", *SETTINGS])


def test_a_layer_that_the_encoder_lacks_is_refused(away):
    with pytest.raises(ConfigError, match="layer"):
        _dispatch(["disentanglement", f"model={MODELS[0]}", *SETTINGS, "--layer", "9"])
