import asyncio
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from bench.metrics.map_counterfactual import MapCounterfactual
from bench.metrics.pasting import Pasting
from bench.pipeline import score
from bench.truth.masks import FactorMasks
from tests.attention.blocks import BLOCKS, case, vae

MASKS = FactorMasks()
INDEX = np.arange(0, 32, 3)


@dataclass
class Eye:
    """Codes are the centre of what is white, across and down, and its area."""

    latents: int = 3
    units: tuple = ()
    asked: list[int] = field(default_factory=list)

    def encode(self, images):
        self.asked.append(len(images))
        white = images[:, 0] / 255
        area = white.sum((1, 2))
        place = np.arange(16)
        codes = np.stack([white.sum(1) @ place / (area + 1e-9), white.sum(2) @ place / (area + 1e-9), area], 1).astype(np.float32)
        return codes, codes

    def codes(self, anchors):
        raise AssertionError

    def render(self, anchors, codes):
        raise AssertionError


def run(cases, model=None, **changed):
    pasting = Pasting(**{"pictures": 11, "steps": 16, "least": 0.1, "seed": 0, **changed})
    return list(asyncio.run(score(MapCounterfactual(pasting=pasting), cases, (model or Eye(), BLOCKS))))


def test_what_changes_first_is_best_last_is_worst_and_chance_is_between():
    right = MASKS.of("left", BLOCKS, INDEX)
    noise = np.random.default_rng(0).random(right.shape)
    best, worst, chance = run([case("z0", ["left"], maps, INDEX) for maps in (right, -right, noise)])
    assert best > 0.2
    assert worst < -0.2
    assert abs(chance) < 0.1


def test_a_flat_map_is_a_random_order():
    assert run([case("z0", ["left"], np.zeros((11, 16, 16)), INDEX)]) == [0.0]


def test_the_area_by_hand():
    """Area grows from 4 to 16 pixels: with the twelve new ones first the curve is there after the second of four pastes."""
    one = BLOCKS.index(np.array([[0, 0, 0, 0]]))
    mask, noise = MASKS.of("size", BLOCKS, one), 16 * 16
    pasting = Pasting(pictures=1, steps=4, least=0.1, seed=3)
    found = pasting.areas(case("z2", ["size"], mask, one).explanation.attention, case("z2", ["size"]).unit, "size", Eye(), BLOCKS)
    order = np.random.default_rng([3, int(one[0]), 2])
    order.integers(1, 2)
    chance = order.permutation(noise)
    new = np.flatnonzero(mask[0].ravel())
    parts, counts = np.array([0, 1, 4, 9, 16]) / 16, np.array([0, 16, 64, 144, 256])
    at_random = np.array([(chance[new] < count).mean() for count in counts])
    assert found == pytest.approx([np.trapezoid([0, 1, 1, 1, 1], parts) - np.trapezoid(at_random, parts)], abs=1e-6)


def test_pictures_in_between_hold_the_pixels_of_both():
    pasting, pair = Pasting(pictures=1, steps=3, least=0.1, seed=0), np.stack([np.zeros((1, 3, 3)), np.ones((1, 3, 3))])
    order = np.arange(9)[::-1]
    assert [int(made.sum()) for made in pasting._pasted(pair, order)] == [1, 4]
    assert pasting._pasted(pair, order)[0, 0, 2, 2] == 1


def test_a_partner_that_does_not_move_the_code_is_left_out():
    assert run([case("z2", ["left"], MASKS.of("left", BLOCKS, INDEX), INDEX)]) == [None]
    assert run([case("z0", ["tone"], MASKS.of("left", BLOCKS, INDEX), INDEX)]) == [None]


def test_it_needs_a_map_an_encoder_and_the_truth():
    known = case("z0", ["left"], MASKS.of("left", BLOCKS, INDEX), INDEX)
    assert run([replace(known, truth=None), case("z0", ["left"], text="It moves.")]) == [None, None]
    assert run([case("z0", ["left"], MASKS.of("left", BLOCKS, INDEX), INDEX, status="ambiguous")]) == [None]
    decoder = type("Decoder", (), {"latents": 3, "units": (), "codes": Eye.codes, "render": Eye.render})()
    assert run([known], decoder) == [None]
    assert MapCounterfactual(pasting=Pasting(pictures=1, steps=2, least=0.1, seed=0))([known]) == [None]


def test_random_orders_are_encoded_once_for_all_maps_of_a_model():
    eye, maps = Eye(), MASKS.of("left", BLOCKS, INDEX)
    run([case("z0", ["left"], maps, INDEX), case("z0", ["left"], -maps, INDEX)], eye)
    assert sorted(set(eye.asked)) == [15, 17]
    assert eye.asked.count(17) == 11


def test_a_real_encoder_is_asked():
    assert run([case("z0", ["left"], MASKS.of("left", BLOCKS, INDEX), INDEX)], vae(), least=1e-6) != [None]
