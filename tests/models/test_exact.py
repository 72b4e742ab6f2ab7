from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from bench.build import build
from bench.datasets.dsprites import DSprites
from bench.errors import ConfigError
from bench.interfaces import GenerativeModel, Generator
from bench.models.exact import ExactDecoder, Pinned
from bench.models.gates import Gated, Switch, Within
from bench.models.mixtures import Blend, Polar, Rotation
from bench.models.wires import Periodic, Ramp, Wire
from bench.shipped import shipped

NAMES = sorted(
    path.stem
    for path in (shipped("conf") / "model").glob("exact_*.yaml")
    if not {"shapes3d", "moments"} & set(path.stem.split("_"))
)
SPRITES = DSprites()
ANCHORS = np.arange(40)


def ramp(latent: int, factor: str, low: float = -3.0, high: float = 3.0, sign: int = 1, power: float = 1.0) -> Ramp:
    return Ramp(latent=latent, factor=factor, low=low, high=high, sign=sign, power=power)


def decoder(*wires: Wire, latents: int = 4, spans=None, groups=(), conditions=None, under=None) -> ExactDecoder:
    return ExactDecoder(
        latents=latents, wires=wires, spans=spans or {}, groups=groups, conditions=conditions or {}, under=under or {}
    )


def named(name: str) -> ExactDecoder:
    with initialize_config_dir(str(shipped("conf").resolve()), version_base="1.3"):
        config = compose(overrides=[f"+model={name}"])
    return build(OmegaConf.to_container(config.model.generator, resolve=True))


def positions(wire: Wire, *codes: tuple[float, ...], **placed: list[float]) -> dict[str, list[float]]:
    found = wire(np.array(codes, np.float32), {name: np.array(values) for name, values in placed.items()})
    return {name: np.round(values, 6).tolist() for name, values in found.items()}


def test_a_ramp_is_a_straight_line_between_its_ends() -> None:
    assert positions(ramp(0, "x"), (-3,), (-1.5,), (0,), (3,)) == {"x": [0, 0.25, 0.5, 1]}


def test_a_narrow_ramp_saturates() -> None:
    assert positions(ramp(0, "x", -1.0, 1.0), (-3,), (-1,), (0.5,), (1,), (2,)) == {"x": [0, 0, 0.75, 1, 1]}


def test_a_flipped_ramp_falls() -> None:
    assert positions(ramp(0, "x", sign=-1), (-3,), (-1.5,), (3,)) == {"x": [1, 0.75, 0]}


def test_a_bent_ramp_keeps_its_ends() -> None:
    assert positions(ramp(0, "x", power=2.0), (-3,), (0,), (3,)) == {"x": [0, 0.25, 1]}


def test_a_ramp_reads_its_own_latent() -> None:
    assert positions(ramp(1, "x"), (-3, 3), (3, 0)) == {"x": [1, 0.5]}


def test_a_rotation_by_nothing_is_two_ramps() -> None:
    wire = Rotation(latents=(0, 1), factors=("x", "y"), degrees=0.0, reach=3.0)
    assert positions(wire, (-3, 0), (1.5, 3)) == {"x": [0, 0.75], "y": [0.5, 1]}


def test_a_quarter_turn_swaps_the_factors_and_turns_one_round() -> None:
    wire = Rotation(latents=(0, 1), factors=("x", "y"), degrees=90.0, reach=3.0)
    assert positions(wire, (1.5, 0), (0, 1.5)) == {"x": [0.5, 0.25], "y": [0.75, 0.5]}


def test_a_rotation_by_hand() -> None:
    wire = Rotation(latents=(0, 1), factors=("x", "y"), degrees=30.0, reach=4.0)
    # (2, 1): x = 2 cos 30 - 1 sin 30 = 1.232051, y = 2 sin 30 + 1 cos 30 = 1.866025
    assert positions(wire, (2, 1)) == {"x": [round(0.5 + 1.232051 / 8, 6)], "y": [round(0.5 + 1.866025 / 8, 6)]}


def test_duplicated_latents_add_up() -> None:
    wire = Blend(latents=(0, 2), factor="x", weights=(0.5, 0.5), reach=3.0)
    assert positions(wire, (3, 9, 3), (3, 9, -3), (0, 9, 3)) == {"x": [1, 0.5, 0.75]}


def test_polar_latents_are_radius_and_angle_around_the_middle() -> None:
    wire = Polar(latents=(0, 1), factors=("x", "y"), reach=3.0, turns=1.0)
    assert positions(wire, (-3, 1), (3, 0), (3, 1.5), (0, -1.5), (3, 3)) == {
        "x": [0.5, 1, 0.5, 0.5, 0],
        "y": [0.5, 0.5, 1, 0.25, 0.5],
    }


def test_a_periodic_wire_comes_back() -> None:
    wire = Periodic(latent=0, factor="x", cycles=2.0, reach=3.0)
    assert positions(wire, (-3,), (-1.5,), (0,), (0.75,), (3,)) == {"x": [0, 1, 0, 0.5, 0]}


@pytest.mark.parametrize(("rule", "expected"), [("and", [0.2, 0.2, 0.2, 0.9]), ("or", [0.2, 0.9, 0.9, 0.9])])
def test_a_switch_follows_its_truth_table(rule, expected) -> None:
    wire = Switch(latents=(0, 1), factor="x", rule=rule, threshold=1.0, resting=0.2, acting=0.9)
    assert positions(wire, (0, 0), (2, 0), (0, 2), (2, 2)) == {"x": expected}


def test_a_gated_wire_acts_only_while_its_gate_is_open() -> None:
    wire = Gated(gate="shape", low=0.9, high=1.0, wire=ramp(0, "x"))
    assert positions(wire, (3,), (3,), (3,), shape=[0, 0.5, 1], x=[0.1, 0.2, 0.3]) == {"x": [0.1, 0.2, 1]}


def test_a_restricted_wire_rests_outside_its_part_of_the_range() -> None:
    wire = Within(latent=0, low=0.0, high=1.5, wire=ramp(0, "x"))
    assert positions(wire, (-3,), (0,), (0.6,), (1.5,), (3,)) == {"x": [0.5, 0.5, 0.6, 0.75, 0.75]}


def test_a_restricted_wire_leaves_the_code_alone() -> None:
    code = np.array([[3.0]], np.float32)
    Within(latent=0, low=0.0, high=1.0, wire=ramp(0, "x"))(code, {})
    assert code.tolist() == [[3.0]]


def test_every_wire_offers_the_interface() -> None:
    assert all(isinstance(wire, Wire) for name in NAMES for wire in named(name).wires)


def test_codes_belong_to_their_anchor_and_follow_the_prior() -> None:
    model = decoder().load(SPRITES, {})
    codes = model.codes(np.arange(2000))
    assert codes.dtype == np.float32
    np.testing.assert_array_equal(codes[[7, 3]], model.codes(np.array([7, 3])))
    np.testing.assert_allclose([codes.mean(), codes.std()], [0, 1], atol=0.03)


def test_no_anchors_give_no_codes() -> None:
    assert decoder().load(SPRITES, {}).codes(np.array([], int)).shape == (0, 4)


def test_the_picture_is_the_datasets_own() -> None:
    wires = (ramp(0, "shape"), ramp(1, "scale"), ramp(2, "position_x"), ramp(3, "position_y"), ramp(4, "orientation"))
    model = decoder(*wires, latents=5).load(SPRITES, {})
    codes = np.array([[3, -3, 0.3, 3, -3]], np.float32)  # heart, smallest, 17.05 of 31, lowest, upright
    expected = SPRITES.images(SPRITES.index(np.array([[0, 2, 0, 0, 17, 31]])))
    np.testing.assert_array_equal(model.render(np.array([5]), codes), expected)


def test_a_span_leaves_out_the_other_values() -> None:
    model = decoder(ramp(0, "orientation"), spans={"orientation": (0.0, 0.2)}).load(SPRITES, {})
    assert model.ranges[3] == (0, 8)
    codes = np.zeros((5, 4), np.float32)
    codes[:, 0] = [-3, -1.5, 0, 1.5, 3]
    np.testing.assert_allclose(model.positions(np.zeros(5, int), codes)[:, 3] * 8, [0, 2, 4, 6, 8])


def test_a_span_that_starts_later_shows_its_own_values() -> None:
    wires = (ramp(0, "shape"), ramp(1, "scale"), ramp(2, "position_x"), ramp(3, "position_y"))
    model = decoder(*wires, spans={"scale": (0.4, 0.8), "orientation": (0.0, 0.0)}).load(SPRITES, {})
    expected = SPRITES.images(SPRITES.index(np.array([[0, 0, 2, 0, 0, 0], [0, 0, 4, 0, 0, 0]])))
    np.testing.assert_array_equal(
        model.render(np.array([5, 5]), np.array([[-3, -3, -3, -3], [-3, 3, -3, -3]], np.float32)), expected
    )


def test_positions_are_what_a_picture_can_show() -> None:
    model = decoder(ramp(0, "scale")).load(SPRITES, {})
    codes = np.array([[-1.9, 0, 0, 0], [-1.7, 0, 0, 0]], np.float32)  # 0.92 and 1.08 of 5 steps
    np.testing.assert_allclose(model.positions(np.zeros(2, int), codes)[:, 2], [0.2, 0.2])


def test_factors_without_a_latent_vary_with_the_anchor_only() -> None:
    model = decoder(ramp(0, "position_x")).load(SPRITES, {})
    codes = model.codes(ANCHORS)
    before, after = model.positions(ANCHORS, codes), model.positions(ANCHORS, -codes)
    np.testing.assert_array_equal(np.delete(before, 4, axis=1), np.delete(after, 4, axis=1))
    assert len(np.unique(before[:, 5])) > 15
    assert set(before[:, 1]) == {0, 0.5, 1}


def test_later_wires_see_earlier_ones() -> None:
    gated = Gated(gate="shape", low=0.9, high=1.0, wire=ramp(1, "position_x"))
    model = decoder(ramp(0, "shape"), gated).load(SPRITES, {})
    square, heart = (np.array([[shape, -3, 0, 0], [shape, 3, 0, 0]], np.float32) for shape in (-3, 3))
    assert model.positions(np.array([3, 3]), heart)[:, 4].tolist() == [0, 1]
    assert len(set(model.positions(np.array([3, 3]), square)[:, 4])) == 1


def test_a_dead_latent_changes_no_pixel() -> None:
    model = decoder(ramp(0, "position_x")).load(SPRITES, {})
    codes = np.repeat(model.codes(np.array([9])), 5, axis=0)
    codes[:, 2] = [-3, -1.5, 0, 1.5, 3]
    images = model.render(np.full(5, 9), codes)
    assert (images == images[0]).all()


def test_rendering_twice_gives_the_same_pixels() -> None:
    first, second = (named("exact_panel").load(DSprites(), {}) for _ in range(2))
    np.testing.assert_array_equal(first.render(ANCHORS, first.codes(ANCHORS)), second.render(ANCHORS, second.codes(ANCHORS)))


def test_units_are_latents_then_groups_then_latents_under_conditions() -> None:
    held = {
        name: Pinned(words=f"the shape is a {name}", latents=(0,), values=(v,))
        for name, v in {"square": -3.0, "heart": 3.0}.items()
    }
    held["right"] = Pinned(words="the shape is on the right", latents=(1,), values=(3.0,))
    units = decoder(ramp(0, "shape"), groups=((1, 2),), conditions=held, under={"heart": (3,)}).load(SPRITES, {}).units
    assert [unit.name for unit in units] == ["z0", "z1", "z2", "z3", "z1+z2", "z3 | the shape is a heart"]
    assert units[4].latents == (1, 2)
    assert units[5].condition is not None
    assert units[5].condition.values == (3.0,)
    assert [other.words for other in units[5].contrasts] == ["the shape is a square"]


def test_a_wire_to_a_latent_that_is_not_there_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"expected latents 0 to 3, got \[4\]"):
        decoder(ramp(4, "scale"))


def test_an_unknown_condition_is_refused() -> None:
    with pytest.raises(ConfigError, match="heart"):
        decoder(under={"heart": (1,)})


@pytest.mark.parametrize("wire", [ramp(0, "hue"), Gated(gate="hue", low=0.0, high=1.0, wire=ramp(0, "scale"))])
def test_a_factor_that_the_dataset_lacks_is_refused(wire) -> None:
    with pytest.raises(ConfigError, match=r"\['hue'\]"):
        decoder(wire).load(SPRITES, {})


def test_a_ramp_from_high_to_low_is_refused() -> None:
    with pytest.raises(ConfigError, match="low < high"):
        ramp(0, "x", 1.0, -1.0)


def test_a_blend_needs_a_weight_for_each_latent() -> None:
    with pytest.raises(ConfigError, match="one weight"):
        Blend(latents=(0, 1), factor="x", weights=(1.0,), reach=3.0)


@pytest.mark.parametrize("name", NAMES)
def test_every_named_decoder_composes_and_draws(name, tmp_path: Path) -> None:
    generator = named(name)
    assert isinstance(generator, Generator)
    assert generator.fit(SPRITES, 0, tmp_path) == {}
    model = generator.load(SPRITES, {})
    assert isinstance(model, GenerativeModel)
    assert model.render(ANCHORS, model.codes(ANCHORS)).shape == (40, 1, 64, 64)
    assert len({unit.name for unit in model.units}) == len(model.units)


@pytest.mark.parametrize("name", NAMES)
def test_every_part_of_a_named_decoder_has_a_version(name) -> None:
    generator = named(name)
    parts = [*generator.wires, *(w.wire for w in generator.wires if isinstance(w, Gated | Within)), *generator.conditions.values()]
    assert {part.version for part in (generator, *parts)} == {1}


@pytest.mark.parametrize("name", NAMES)
def test_every_turn_of_a_strip_can_be_seen(name) -> None:
    model = named(name).load(SPRITES, {})
    first, last = model.ranges[3]
    steps = np.diff(np.linspace(first, last, 5)) * 360 / 39
    assert ((steps > 10) & (steps < 45)).all()  # a square turned by 45 degrees could have turned either way
