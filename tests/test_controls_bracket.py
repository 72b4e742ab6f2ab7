"""On exact decoders the controls bracket everything, and pixel_change says what it should."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from statistics import fmean

import pytest

from bench.compose import composer
from bench.metrics.set_f1 import SetF1
from bench.reports.statistics import summarise
from bench.session import benchmark
from bench.stages import Stages
from bench.store import Store

SEEDS = range(10)
METRICS = "metric=[set_f1,sign_accuracy,abstention_precision,abstention_recall]"


@pytest.fixture(scope="module")
def identity(tmp_path_factory):
    """pixel_change on the identity decoder, ten sets of reference codes, under two biases."""
    store = tmp_path_factory.mktemp("bracket")
    cells = ("model=exact_identity", "explainer=pixel_change", "bias=none,disentanglement", "tracker=none", METRICS)
    with composer([*cells, f"seed={','.join(map(str, SEEDS))}", f"runtime.folders.store={store}"]) as (fixed, axes):
        return benchmark(fixed, axes)


@pytest.fixture(scope="module")
def every_decoder(tmp_path_factory):
    """The oracle on every exact decoder for dSprites, under every bias."""
    models = "exact_identity,exact_permuted,exact_rotation,exact_group,exact_conditional,exact_logic,exact_blend,exact_panel"
    store = tmp_path_factory.mktemp("oracle")
    cells = ("explainer=oracle", f"model={models}", "bias=none,disentanglement,combination,conditional", "tracker=none", METRICS)
    with composer([*cells, f"runtime.folders.store={store}"]) as (fixed, axes):
        return benchmark(fixed, axes)


@pytest.fixture(scope="module")
def panel(tmp_path_factory):
    """The controls on the decoder that mixes all kinds of units."""
    store = tmp_path_factory.mktemp("panel")
    cells = ("model=exact_panel", "explainer=oracle,constant,shuffled", "bias=none,conditional", "tracker=none", "metric=[set_f1]")
    with composer([*cells, f"seed={','.join(map(str, SEEDS))}", f"runtime.folders.store={store}"]) as (fixed, axes):
        return benchmark(fixed, axes)


def values(run, metric, explainer, status=None):
    rows = [row for row in run.rows if (row.metric, row.cell["explainer"]) == (metric, explainer)]
    return [row.value for row in rows if row.value is not None and status in (None, row.status)]


@pytest.mark.parametrize("metric", ["set_f1", "sign_accuracy"])
def test_the_oracle_is_right_about_every_clean_unit_of_every_decoder(every_decoder, metric):
    found = values(every_decoder, metric, "oracle", "clean")
    assert len(found) > 50
    assert set(found) == {1.0}


def test_the_oracle_is_right_about_every_other_unit_too(every_decoder):
    assert set(values(every_decoder, "set_f1", "oracle")) == {1.0}


def test_the_oracle_abstains_on_every_dead_unit_and_on_no_other(every_decoder):
    assert set(values(every_decoder, "abstention_recall", "oracle")) == {1.0}
    assert set(values(every_decoder, "abstention_precision", "oracle")) == {1.0}


@pytest.mark.parametrize(("explainer", "speaker"), [("constant", "constant"), ("shuffled", "oracle")])
@pytest.mark.parametrize("bias", ["none", "conditional"])
def test_a_control_sits_at_its_computed_chance_level(panel, explainer, speaker, bias):
    """Chance: the mean score of what is said, each answer held against every other unit of its cell."""
    chance = [value for cell in panel.plan.cells if is_of(cell.cell.labels, speaker, bias) for value in chance_of(panel, cell)]
    [summary] = summarise([row for row in panel.rows if is_of(row.cell, explainer, bias) and row.metric == "set_f1"])
    assert 0 < fmean(chance) < 0.4
    assert summary.low - 1e-9 <= fmean(chance) <= summary.high + 1e-9


def is_of(labels, explainer, bias):
    return (labels["explainer"], labels["bias"]) == (explainer, bias)


def chance_of(run, cell):
    stages = Stages(Store(Path(run.config["runtime"]["folders"]["store"])))
    cases = stages.cases(cell.scores["set_f1"])
    dealt = [replace(mine, explanation=other.explanation) for mine, other in product(cases, cases) if mine is not other]
    return [value for value in SetF1()(dealt) if value is not None]


def test_pixel_change_names_the_factors_of_clean_units(identity):
    assert fmean(values(identity, "set_f1", "pixel_change", "clean")) >= 0.9


def test_pixel_change_tells_directions(identity):
    assert fmean(values(identity, "sign_accuracy", "pixel_change", "clean")) >= 0.9


def test_pixel_change_abstains_on_dead_units_and_hardly_elsewhere(identity):
    assert fmean(values(identity, "abstention_recall", "pixel_change")) >= 0.95
    rows = [row for row in identity.rows if row.cell["explainer"] == "pixel_change" and row.metric == "set_f1"]
    alive = [row for row in rows if row.status != "inactive"]
    assert fmean(row.outcome == "abstained" for row in alive) <= 0.05
