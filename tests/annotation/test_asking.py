import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from bench.annotation.asking import Amount, ask
from bench.annotation.runs import Run, read_runs
from bench.annotation.task import said_id
from bench.artifacts import Condition, Row
from bench.codecs import save_traversals
from bench.errors import ConfigError, DataError

ALL = Amount(raters=2, units=None, strips=4, texts=9)


def asked(runs, seed=0, **changes):
    return ask(runs, replace(ALL, **changes), seed, "What changes?")


def explanations(folder):
    return [json.loads(line) for line in (folder / "explanations.jsonl").read_text(encoding="utf-8").splitlines()]


def test_each_unit_is_asked_once_however_many_explainers_spoke_of_it(runs, run_folder):
    names = [item.unit for item in asked(runs).items]
    assert names == list(dict.fromkeys(one["unit"] for one in explanations(run_folder)))


def test_every_distinct_text_of_a_unit_is_rated_once(runs, run_folder):
    for item in asked(runs).items:
        texts = {one["explanation"]["text"] for one in explanations(run_folder) if one["unit"] == item.unit}
        assert {said.id for said in item.said} == {said_id(text) for text in texts if text is not None}


def test_the_task_tells_neither_truth_nor_explainer(runs):
    told = repr(asked(runs))
    assert not [word for word in ("oracle", "pixel_change", "constant", "two_factor", "inactive", "entangled") if word in told]


def test_raters_meet_the_units_in_orders_of_their_own(runs):
    first, second = asked(runs).orders
    assert sorted(first.items) == sorted(second.items) == list(range(25))
    assert first.items != second.items
    assert [sorted(texts) for texts in first.said] == [list(range(len(item.said))) for item in asked(runs).items]


def test_a_seed_gives_the_same_task_and_another_seed_another_one(runs):
    assert asked(runs, units=5) == asked(runs, units=5)
    assert asked(runs, units=5).orders != asked(runs, seed=1, units=5).orders
    assert {item.unit for item in asked(runs, units=5).items} != {item.unit for item in asked(runs, seed=1, units=5).items}


def test_more_raters_leave_the_orders_of_the_others_as_they_were(runs):
    assert asked(runs, raters=4).orders[:2] == asked(runs).orders


def test_units_strips_and_texts_are_bounded(runs):
    items = asked(runs, units=7, strips=2, texts=1).items
    assert (len(items), {len(item.strips) for item in items}, max(len(item.said) for item in items)) == (7, {2}, 1)
    assert all(item.said == () for item in asked(runs, texts=0).items)


def test_pictures_are_the_plainest_that_any_run_showed(runs, tmp_path):
    store, [cell, *_] = tmp_path / "store", runs[0].cells
    plain = runs[0].units(cell)[:1]
    twice = [replace(unit, shown=tuple(map(doubled, unit.shown)), held_out=()) for unit in plain]
    for key, units in {"twice": twice, "plain": plain}.items():
        (store / "traverse" / key).mkdir(parents=True)
        save_traversals(store / "traverse" / key, units)
    shutil.copytree(runs[0].store / "fit", store / "fit")
    for order in (("twice", "plain"), ("plain", "twice")):
        cells = tuple(replace(cell, keys={**cell.keys, "traverse": key}) for key in order)
        [item] = asked([Run(tmp_path, store, cells)]).items
        assert item.strips[0].rows == ("",)
    [item] = asked([Run(tmp_path, store, (replace(cell, keys={**cell.keys, "traverse": "twice"}),))]).items
    assert item.strips[0].rows == ("", "while held")


def doubled(traversal):
    """The traversal with a second row in which something is held."""
    held = (*traversal.rows, Row((0,), Condition("while held", (1,), (0.0,))))
    images, codes = (np.concatenate([array, array]) for array in (traversal.images, traversal.codes))
    return replace(traversal, images=images, codes=codes, rows=held)


def test_a_unit_under_a_condition_says_so(runs):
    held = {item.unit: item.condition for item in asked(runs).items}
    assert held["z3 | the shape is a heart"] == "the shape is a heart"
    assert held["z3"] is None


def test_the_fingerprint_covers_the_pictures(task):
    [strip, *rest] = task.items[0].strips
    items = (replace(task.items[0], strips=(replace(strip, picture=strip.picture + "A"), *rest)), *task.items[1:])
    assert replace(task, items=items).fingerprint != task.fingerprint


def test_only_factors_with_a_rise_and_a_fall_have_directions(task):
    ways = {choice.factor: choice.increase is not None for choice in task.factors["dsprites"]}
    undirected = {"color": False, "shape": False}
    assert ways == undirected | {"scale": True, "orientation": True, "position_x": True, "position_y": True}


@pytest.mark.parametrize("changes", [{"raters": 0}, {"units": 0}, {"strips": 0}, {"texts": -1}])
def test_an_impossible_amount_is_named(runs, changes):
    with pytest.raises(ConfigError, match=f"--{next(iter(changes))}: expected at least"):
        asked(runs, **changes)


@pytest.fixture
def copied(run_folder, tmp_path):
    """A copy of the run, to be spoilt."""
    return shutil.copytree(run_folder, tmp_path / "outputs" / "day" / "hour")


def spoil(folder, change):
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    change(run)
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")


def test_a_store_that_is_gone_is_named(copied, tmp_path):
    with pytest.raises(DataError, match=r"expected the pictures of .* name the store with --store"):
        asked(read_runs([copied], tmp_path / "nothing"))


def test_a_store_named_relative_to_where_the_run_began_is_found(copied, run_folder, tmp_path):
    (tmp_path / "store").symlink_to(run_folder.parent / "store")
    spoil(copied, lambda run: run["config"]["runtime"]["folders"].update(store="store"))
    assert len(asked(read_runs([copied])).items) == 25


def test_runs_of_a_multirun_are_found_one_level_below(copied):
    assert [run.folder for run in read_runs([copied.parent])] == [copied]


def test_a_model_whose_generator_is_overridden_is_not_frozen(copied, runs):
    assert all(item.frozen for item in asked(runs).items)
    spoil(copied, lambda run: [cell["cell"].update({"model.generator.latents": 11}) for cell in run["cells"]])
    lines = explanations(copied)
    for line in lines:
        line["cell"]["model.generator.latents"] = 11
    (copied / "explanations.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert not any(item.frozen for item in asked(read_runs([copied])).items)


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(DataError, match=r"with run\.json"):
        read_runs([tmp_path])


def test_a_damaged_explanation_is_named_with_its_line(copied):
    with (copied / "explanations.jsonl").open("a") as file:
        file.write("{\n")
    with pytest.raises(DataError, match="line 76: expected an explanation"):
        read_runs([copied])


def test_a_damaged_run_is_named(copied):
    spoil(copied, lambda run: run.pop("cells"))
    with pytest.raises(DataError, match=r"run\.json: expected what a run writes, got 'cells'"):
        read_runs([copied])
