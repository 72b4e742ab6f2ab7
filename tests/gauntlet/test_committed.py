"""All metrics of `conf/metric` that need no network, no Java and no judge, against the verdicts in `leaderboards/`."""

import json
from pathlib import Path

import pytest

from bench.compose import composer
from bench.gauntlet import commands
from bench.gauntlet.building import asks, map_worlds, metric_names, worlds
from bench.gauntlet.commands import gauntlet, run
from bench.gauntlet.defects import defect_worlds
from bench.gauntlet.keys import metric_key
from bench.gauntlet.listing import listings
from bench.gauntlet.verdicts import read_verdicts

AGAIN = "run `latentbench gauntlet --to leaderboards`"
COMMITTED = read_verdicts(Path(__file__).parents[2] / "leaderboards" / "gauntlet.json")


@pytest.fixture(scope="module")
def made():
    with composer([]):
        return worlds()


@pytest.fixture(scope="module")
def mapped():
    with composer([]):
        return map_worlds()


@pytest.fixture(scope="module")
def damaged():
    with composer([]):
        return defect_worlds()


@pytest.fixture(scope="module")
def found(made, mapped, damaged):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "worlds", lambda: made)
        patch.setattr(commands, "map_worlds", lambda: mapped)
        patch.setattr(commands, "defect_worlds", lambda: damaged)
        return {verdict.metric: verdict for verdict in run(metric_names())}


def test_the_verdicts_are_those_that_are_committed(found):
    here = {name: verdict for name, verdict in found.items() if not verdict.reason}
    assert len(here) > 30
    differ = {
        name: (verdict.steps, COMMITTED[name].steps if name in COMMITTED else "not there")
        for name, verdict in here.items()
        if name not in COMMITTED or outcomes(verdict) != outcomes(COMMITTED[name])
    }
    assert not differ, AGAIN


def test_the_committed_verdicts_are_about_the_metrics_as_they_are():
    assert {name: verdict.key for name, verdict in COMMITTED.items()} == {name: metric_key(name) for name in metric_names()}, AGAIN


def test_the_steps_of_a_metric_that_ran_are_passed_failed_or_explained(found):
    for verdict in found.values():
        assert bool(verdict.steps) != bool(verdict.reason)


def test_the_plain_ones_pass_what_they_are_made_for(found):
    won = {name: found[name].steps for name in ("set_f1", "sign_accuracy", "bleu")}
    assert all(won["set_f1"][step].found["won"] == 1.0 for step in ("removed", "added"))
    assert won["sign_accuracy"]["flipped"].found["won"] == 1.0
    assert all(won["bleu"][step].found["won"] == 1.0 for step in ("removed", "added", "flipped"))


def test_the_table_has_a_line_for_every_metric_and_a_reason_for_every_other(found):
    texts, *others = listings(list(found.values()))
    named = {line[0] for line in texts.lines} | {note.split(": ")[1].split(",")[0] for note in texts.notes if "Not run" in note}
    of_maps = [line[0] for table in others for line in table.lines]
    assert sorted([*named, *of_maps]) == metric_names()
    assert [table.lines[0][0] for table in others] == ["map_auprc", "aupimo"]


def test_a_metric_of_maps_is_held_against_maps(found):
    steps = found["map_specificity"].steps
    assert steps["oracle over dealt"].found["won"] == 1.0
    assert abs(steps["blurred over object"].found["object"]) < 1e-12
    assert found["map_sparsity"].steps["blurred over object"].outcome == "blind"


def test_metrics_of_defects_are_held_against_damaged_scenes(found):
    steps = {name: found[name].steps for name in ("pixel_auroc", "pixel_ap", "aupro", "aupimo", "defect_iou")}
    assert {of["oracle over dealt"].found["pairs"] for of in steps.values()} == {8.0}
    assert steps["pixel_auroc"]["flat at the floor"].found["flat"] == 0.5
    assert steps["aupro"]["flat at the floor"].found["flat"] == pytest.approx(0.15)


def test_overlap_at_rare_false_positives_is_blind_to_edges_and_does_not_claim_to_see_them(found):
    assert found["aupimo"].steps["oracle over blurred"].outcome == "blind"
    assert found["aupro"].steps["oracle over blurred"].outcome == "passes"


def test_a_metric_that_asks_a_chat_model_is_not_run():
    assert asks({"judge": [{"_target_": "bench.clients.remembered.Remembered"}]})
    assert not asks({"_target_": "bench.metrics.set_f1.SetF1", "over": ["best"]})


def test_the_verb_tells_and_fails_for_programs(made, monkeypatch, capsys):
    monkeypatch.setattr(commands, "worlds", lambda: made)
    code = gauntlet(["metric=sign_accuracy", "--json"])
    [fact] = json.loads(capsys.readouterr().out)
    assert fact["metric"] == "sign_accuracy"
    assert code == int(any(step["outcome"] == "fails" for step in fact["steps"].values()))


def test_verdicts_of_some_metrics_are_not_written(tmp_path):
    with pytest.raises(SystemExit):
        gauntlet(["metric=set_f1", "--to", str(tmp_path)])
    assert not list(tmp_path.iterdir())


def outcomes(verdict):
    return {name: result.outcome for name, result in verdict.steps.items()}
