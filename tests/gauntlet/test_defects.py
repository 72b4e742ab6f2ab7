"""The worlds of damaged scenes, and what metrics that do not deserve trust make of them."""

import numpy as np
import pytest

from bench.compose import composer
from bench.gauntlet import defects
from bench.gauntlet.defects import defect_worlds, of_masks
from bench.gauntlet.steps import DEFECT_STEPS, MAP_STEPS, STEPS, TRIALS, trial_of
from bench.gauntlet.trial import trial

CONTROLS = {"oracle", "blurred", "dealt", "same", "flat", "median", "centre", "noise"}


@pytest.fixture(scope="module")
def worlds():
    with composer([]), pytest.MonkeyPatch.context() as patch:
        patch.setattr(defects, "TIMES", 1)
        patch.setattr(defects, "PICTURES", {"learnt": 10, "inspected": 12})
        return defect_worlds()


@pytest.fixture
def masks():
    found = np.zeros((9, 16, 16), np.float32)
    for place in range(1, 9, 2):
        found[place, 2 : 3 + place, 2:4] = 1
    return found


def drawn(masks, seed=0):
    return of_masks(masks, np.random.default_rng(seed))


class Toy:
    """Scores the maps of the test pictures by `rule`."""

    version, scope, higher_is_better, bounds = 1, "unit", True, (-1e6, 1e6)
    sees = frozenset({"maps", "defects", "edges"})

    def __init__(self, rule):
        self.rule = rule

    def __call__(self, cases):
        return [None for _ in cases]

    def intervene(self, cases, model, dataset):
        shown = [case.explanation.attention for case in cases]
        rows = [np.isin(one.index, dataset.tested) for one in shown]
        return [float(self.rule(one.maps[row], dataset.masks(dataset.tested))) for one, row in zip(shown, rows, strict=True)]


def failed(rule, worlds):
    return {name for name, result in trial(Toy(rule), worlds).items() if result.outcome == "fails"}


def test_there_is_a_world_for_each_kind_of_damage_with_pictures_of_its_own(worlds):
    assert [world.name for world in worlds] == ["scratch_0", "blot_1", "gap_2", "grain_3"]
    assert len({world.dataset.fingerprint for world in worlds}) == 4
    assert all(world.dataset.source.kinds == (world.name.partition("_")[0],) for world in worlds)


def test_every_control_has_a_map_of_every_picture(worlds):
    for world in worlds:
        assert set(world.said) == CONTROLS
        index = np.concatenate([world.dataset.trial, world.dataset.tested])
        for [one] in world.said.values():
            assert one.attention.index.tolist() == index.tolist()
            assert one.attention.maps.shape == (len(index), 64, 64)


def test_the_normal_pictures_have_as_many_pixels_as_the_rarest_false_positives_need():
    assert defects.PICTURES["inspected"] // 2 * 64**2 >= 1e5


def test_masks_dealt_keep_their_sizes_and_nothing_else(masks):
    dealt = drawn(masks)["dealt"]
    assert sorted(dealt.sum((1, 2))) == sorted(masks.sum((1, 2)))
    assert (dealt.sum((1, 2)) != masks.sum((1, 2)))[1::2].all()  # never a picture's own


def test_places_of_dealt_masks_are_chance(masks):
    covered = np.mean([drawn(masks, seed)["dealt"].mean(0) for seed in range(400)], axis=0)
    assert covered.max() < 2 * masks.mean() < masks.mean(0).max()
    assert covered.min() > masks.mean() / 2


def test_one_map_for_all_is_one_of_those_dealt(masks):
    found = drawn(masks)
    assert found["same"].any()
    assert (found["same"] == found["same"][0]).all()
    assert (found["dealt"] == found["same"]).all((1, 2)).any()


def test_blurred_masks_weigh_the_same_on_more_pixels(masks):
    inner = np.pad(masks, ((0, 0), (16, 16), (16, 16)))
    blurred = drawn(inner)["blurred"]
    np.testing.assert_allclose(blurred.sum((1, 2)), inner.sum((1, 2)), rtol=1e-4)
    assert (blurred > 0).sum() > 4 * (inner > 0).sum()
    assert not drawn(masks)["flat"].any()


def test_which_worlds_a_metric_is_held_to_follows_from_what_it_says_it_sees():
    seen = [{"texts"}, {"maps"}, {"maps", "places"}, {"maps", "defects"}]
    assert [TRIALS[trial_of(aspects)] for aspects in seen] == [STEPS, MAP_STEPS, MAP_STEPS, DEFECT_STEPS]


def test_distance_to_the_masks_passes_what_compares_two_maps(worlds):
    lost = failed(lambda maps, masks: -np.abs(maps - masks).mean(), worlds)
    assert not lost & {step.name for step in DEFECT_STEPS if step.kind == "pairs"}


def test_a_metric_of_the_middle_of_the_picture_fails(worlds):
    assert "blurred over centre" in failed(lambda maps, _: maps[:, 24:40, 24:40].mean(), worlds)


def test_a_metric_that_rewards_busy_maps_whatever_the_masks_fails(worlds):
    lost = failed(lambda maps, _: maps.std(), worlds)
    assert {"oracle over dealt", "noise at the floor", "blurred over median"} <= lost


def test_a_metric_that_rewards_any_mask_fails_the_floor(worlds):
    assert {"flat at the floor", "noise at the floor"} <= failed(lambda maps, _: len(np.unique(maps)) == 2, worlds)
