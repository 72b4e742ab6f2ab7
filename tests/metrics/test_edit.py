"""A picture is changed as an answer says, and encoded again (M5)."""

import asyncio
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from bench.artifacts import Effect, Explanation, Truth, Unit
from bench.metrics.edit_auroc import EditAuroc
from bench.metrics.edit_effect import EditEffect
from bench.metrics.edit_pictures import Edits
from bench.metrics.edit_selectivity import EditSelectivity
from bench.pipeline import score
from tests.judges.cells import SPRITES, WORDS, case

ALL = (EditEffect, EditSelectivity, EditAuroc)


@dataclass
class Eye:
    """A model whose codes are what can be seen: how far right and how far down the sprite is, how large, and nothing at all."""

    latents: int = 4
    units: tuple = ()
    encoded: list[int] = field(default_factory=list)

    def encode(self, images):
        self.encoded.append(len(images))
        grey = images[:, 0].astype(np.float64) / 255
        area = grey.sum((1, 2))
        across, down = (grey.sum(axis) @ np.arange(64) / area for axis in (1, 2))
        codes = np.stack([across / 9, down / 9, np.sqrt(area) / 4, 0 * area], 1).astype(np.float32)
        return codes, codes

    def codes(self, anchors):
        raise NotImplementedError

    def render(self, anchors, codes):
        raise NotImplementedError


class Nameless:
    """A dataset of which nobody knows the factors."""

    factors, vocabulary, fingerprint = (), WORDS, ""

    def __len__(self):
        return 0

    def images(self, index):
        raise NotImplementedError

    classes = index = images


class Blind:
    """A model without an encoder."""

    latents, units = 4, ()

    def codes(self, anchors):
        raise NotImplementedError

    def render(self, anchors, codes):
        raise NotImplementedError


def unit(latent, text, **signs):
    made = case(f"z{latent}", text, held_out=0, **signs)
    return replace(made, traversals=replace(made.traversals, unit=Unit(f"z{latent}", (latent,))))


def cell(*texts):
    return [unit(0, texts[0], position_x=1), unit(1, texts[1], position_y=1), unit(2, texts[2], scale=1)]


TRUE = ("It moves right.", "It moves down.", "It grows.")


def run(metric, cases, model=None, images=64):
    edits = Edits(images=images, turn=0.0625, least_spread=0.05, seed=0)
    return list(asyncio.run(score(metric(edits=edits), cases, (model or Eye(), SPRITES))))


def test_true_answers_move_the_code_up_and_false_directions_down():
    up, down = run(EditEffect, cell(*TRUE)), run(EditEffect, cell("It moves left.", "It moves up.", "It shrinks."))
    assert min(up) > 1
    assert max(down) < -1


def test_the_effect_is_the_mean_change_in_standard_deviations():
    eye, drawn = Eye(), np.random.default_rng(0).choice(len(SPRITES), 64, replace=False)
    before, classes = eye.encode(SPRITES.images(drawn))[0], SPRITES.classes(drawn)
    classes[:, 4] = 31
    after = eye.encode(SPRITES.images(SPRITES.index(classes)))[0]
    expected = (after - before)[:, 0].astype(float).mean() / before[:, 0].astype(float).std()
    assert run(EditEffect, cell(*TRUE))[0] == pytest.approx(expected, abs=1e-5)


def test_answers_about_other_factors_do_not_move_it():
    assert np.abs(run(EditEffect, cell("It grows.", "It grows.", "It moves right."))).max() < 0.25


def test_a_change_without_a_direction_has_no_signed_effect():
    assert run(EditEffect, [unit(0, "The shape changes.", shape=None), unit(2, "Its size changes.", scale=1)]) == [None, None]


def test_own_edits_fall_on_the_own_code():
    assert min(run(EditSelectivity, cell(*TRUE))) > 0.85
    assert max(run(EditSelectivity, cell("It grows.", "It grows.", "It moves right."))) < 0.2
    assert 0.3 < run(EditSelectivity, cell("It moves right and down.", *TRUE[1:]))[0] < 0.7


def test_own_edits_are_told_from_those_of_others():
    assert min(run(EditAuroc, cell(*TRUE))) > 0.9
    assert max(run(EditAuroc, cell("It moves left.", "It moves up.", "It shrinks."))) < 0.15
    assert run(EditAuroc, cell(*["It grows."] * 3)) == [0.5] * 3


def test_the_area_agrees_with_scikit_learn():
    from sklearn.metrics import roc_auc_score

    eye, edits, cases = Eye(), Edits(images=64, turn=0.0625, least_spread=0.05, seed=0), cell(*TRUE)
    effects = [found[:, 0] for found in edits.effects(cases, eye, SPRITES)]
    expected = roc_auc_score([1] * 64 + [0] * 128, np.concatenate(effects))
    assert run(EditAuroc, cases)[0] == pytest.approx(expected, abs=1e-9)


def test_a_unit_of_the_same_meaning_is_nobody_to_compare_with():
    twins = [unit(0, "It moves right.", position_x=1), unit(0, "It moves right.", position_x=1)]
    assert run(EditAuroc, twins) == [None, None]


def test_a_dead_code_is_not_moved():
    assert run(EditEffect, [unit(3, "It grows.")]) == run(EditSelectivity, [unit(3, "It grows.")]) == [0.0]


def test_a_claim_without_a_direction_goes_either_way_and_is_measured_by_its_size():
    assert run(EditSelectivity, [unit(0, "The horizontal position changes.", position_x=1)])[0] > 0.8
    assert run(EditAuroc, [unit(0, "The horizontal position changes.", position_x=1), unit(2, "It grows.", scale=1)])[0] > 0.9


def test_the_shape_becomes_another_one_and_a_turn_stays_small():
    edits, classes = Edits(images=9, turn=0.0625, least_spread=0.05, seed=0), SPRITES.classes(np.arange(0, 737_280, 999))
    edited = edits._edited(classes, {"shape": None, "orientation": 1, "color": None}, SPRITES.factors)
    assert (edited[:, 1] != classes[:, 1]).all()
    assert set(edited[:, 1]) == {0, 1, 2}
    assert set(((edited - classes)[:, 3]) % 40) == {2}
    assert (edited[:, [0, 2, 4, 5]] == classes[:, [0, 2, 4, 5]]).all()


@pytest.mark.parametrize("metric", ALL)
def test_there_is_no_value_without_an_encoder_an_answer_or_known_factors(metric):
    silent = [unit(0, None, position_x=1), replace(unit(1, "It grows."), explanation=Explanation("z1", None, failure="refused"))]
    assert run(metric, silent) == [None, None]
    assert run(metric, cell(*TRUE), Blind()) == [None] * 3
    assert run(metric, []) == []

    edits = Edits(images=8, turn=0.0625, least_spread=0.05, seed=0)
    assert metric(edits=edits).intervene(cell(*TRUE), Eye(), Nameless()) == [None] * 3
    assert metric(edits=edits)(cell(*TRUE)) == [None] * 3


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("text", ["", "grow " * 10_000, "ü 拡大 🙂 \udcff"])
def test_odd_answers_have_a_defined_result(metric, text):
    values = run(metric, cell(text, text, "It grows."), images=8)
    assert all(value is None or metric.bounds[0] <= value <= metric.bounds[1] for value in values)


def test_equal_claims_are_encoded_once_and_another_model_anew():
    edits, eye, cases = Edits(images=16, turn=0.0625, least_spread=0.05, seed=0), Eye(), cell(*TRUE) * 3
    EditEffect(edits=edits).intervene(cases, eye, SPRITES)
    EditAuroc(edits=edits).intervene(cases, eye, SPRITES)
    assert len(eye.encoded) == 4
    other = Eye()
    EditEffect(edits=edits).intervene(cases, other, SPRITES)
    assert len(other.encoded) == 4


def test_a_group_is_measured_by_the_mean_of_its_codes():
    both = replace(unit(0, "It moves right and down."), truth=Truth("z0+z1", "group", (Effect("position_x", 1.0, 1),), "exact"))
    both = replace(both, traversals=replace(both.traversals, unit=Unit("z0+z1", (0, 1))))
    assert run(EditEffect, [both])[0] > 1
    assert run(EditSelectivity, [both])[0] > 0.85
