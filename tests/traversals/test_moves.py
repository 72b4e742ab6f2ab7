"""What every way of moving latents promises, for every kind of unit."""

import numpy as np
import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from bench.artifacts import Row
from bench.build import build
from bench.datasets.dsprites import DSprites
from bench.datasets.shapes3d import Shapes3D
from bench.explainers.prompt_bias import PromptBias
from bench.interfaces import Moves
from bench.pipeline import traverse
from bench.shipped import shipped

BIASES = {"none": "Axis", "disentanglement": "Paired", "combination": "Group", "conditional": "Conditional"}
ROWS = {  # rows of a single latent, of a pair, and of a latent under a condition with two contrasts
    "none": (1, 2, 1),
    "disentanglement": (2, 4, 2),
    "combination": (1, 3, 1),
    "conditional": (1, 2, 3),
}

SHAPES3D = Shapes3D()  # one object, since it keeps what it drew


def node(override: str):
    with initialize_config_dir(str(shipped("conf").resolve()), version_base="1.3"):
        return compose(overrides=[override])


def moves(bias: str) -> Moves:
    return build(OmegaConf.to_container(node(f"+bias={bias}").bias.moves, resolve=True))


@pytest.mark.parametrize(("bias", "kind"), BIASES.items())
def test_a_bias_has_its_moves_and_its_words(bias, kind) -> None:
    config = node(f"+bias={bias}").bias
    words = build(OmegaConf.to_container(config.words, resolve=True))
    assert isinstance(words, PromptBias)
    assert words.name == bias
    assert words.layout
    assert bool(words.sentence) == bool(words.formula) == bool(words.mapping) == (bias != "none")
    assert type(moves(bias)).__name__ == kind
    assert isinstance(moves(bias), Moves)


@pytest.mark.parametrize("bias", BIASES)
def test_every_unit_has_the_promised_rows(bias, model, anchors) -> None:
    for unit, rows in zip(model.units, ROWS[bias], strict=True):
        found = moves(bias)(model, unit, anchors)
        assert [traversal.anchor for traversal in found] == anchors.tolist()
        assert {traversal.unit for traversal in found} == {unit}
        assert {traversal.codes.shape for traversal in found} == {(rows, 5, 6)}
        assert {traversal.images.shape for traversal in found} == {(rows, 5, 1, 1, 7)}
        assert {len(traversal.rows) for traversal in found} == {rows}


@pytest.mark.parametrize("bias", BIASES)
def test_nothing_but_the_moved_latents_changes_along_a_row(bias, model, anchors) -> None:
    for unit in model.units:
        for traversal in moves(bias)(model, unit, anchors):
            for row, codes in zip(traversal.rows, traversal.codes, strict=True):
                changed = np.flatnonzero(np.ptp(codes, axis=0))
                assert changed.tolist() == sorted(row.moved)
                np.testing.assert_array_equal(
                    codes[:, list(row.moved)], np.array([-3, -1.5, 0, 1.5, 3])[:, None].repeat(len(row.moved), 1)
                )


@pytest.mark.parametrize("bias", BIASES)
def test_a_row_starts_from_the_reference_and_what_is_held(bias, model, anchors) -> None:
    for unit in model.units:
        for traversal in moves(bias)(model, unit, anchors):
            for row, codes in zip(traversal.rows, traversal.codes, strict=True):
                expected = traversal.reference.copy()
                if row.held is not None:
                    expected[list(row.held.latents)] = row.held.values
                rest = [i for i in range(model.latents) if i not in row.moved]
                np.testing.assert_array_equal(codes[0, rest], expected[rest])


@pytest.mark.parametrize("bias", BIASES)
def test_pictures_belong_to_their_codes(bias, model, anchors) -> None:
    for unit in model.units:
        for traversal in moves(bias)(model, unit, anchors):
            flat = traversal.codes.reshape(-1, 6)
            expected = model.render(np.full(len(flat), traversal.anchor), flat)
            np.testing.assert_array_equal(traversal.images.reshape(expected.shape), expected)


@pytest.mark.parametrize("bias", BIASES)
def test_a_condition_holds_in_the_reference_of_its_unit(bias, model, anchors) -> None:
    plain = model.codes(anchors)
    for traversal, code in zip(moves(bias)(model, model.units[2], anchors), plain, strict=True):
        assert traversal.reference.tolist() == [3.0, *code[1:].tolist()]


@pytest.mark.parametrize("bias", BIASES)
def test_a_unit_is_decoded_in_one_call_and_each_code_once(bias, model, anchors) -> None:
    for unit in model.units:
        model.calls.clear()
        found = moves(bias)(model, unit, anchors)
        distinct = {(t.anchor, code.tobytes()) for t in found for code in t.codes.reshape(-1, 6)}
        assert model.calls == [len(distinct)]


def test_a_code_that_two_rows_share_is_decoded_once(model) -> None:
    model.codes = lambda anchors: np.zeros((len(anchors), 6), np.float32)  # both latents rest at 0, which both rows pass
    moves("none")(model, model.units[1], np.array([1]))
    assert model.calls == [9]


def test_equal_codes_of_two_anchors_are_two_pictures(model) -> None:
    model.codes = lambda anchors: np.zeros((len(anchors), 6), np.float32)
    one, two = moves("none")(model, model.units[0], np.array([1, 2]))
    assert (one.images[..., -1] == 1).all()
    assert (two.images[..., -1] == 2).all()


@pytest.mark.parametrize("bias", BIASES)
def test_the_same_anchors_give_the_same_traversals(bias, model, anchors) -> None:
    for unit in model.units:
        one, two = moves(bias)(model, unit, anchors), moves(bias)(model, unit, anchors[::-1])[::-1]
        for first, second in zip(one, two, strict=True):
            assert first.rows == second.rows
            np.testing.assert_array_equal(first.codes, second.codes)


@pytest.mark.parametrize("bias", BIASES)
def test_no_anchors_give_no_traversals(bias, model) -> None:
    model.codes = lambda anchors: np.zeros((len(anchors), 6), np.float32)
    assert moves(bias)(model, model.units[0], np.array([], int)) == ()


def test_axis_rows_hold_nothing(model, anchors) -> None:
    assert moves("none")(model, model.units[2], anchors)[0].rows == (Row((3,)),)
    assert moves("none")(model, model.units[1], anchors)[0].rows == (Row((1,)), Row((4,)))


@pytest.mark.parametrize("bias", BIASES)
@pytest.mark.parametrize(
    "name", sorted(path.stem for path in (shipped("conf") / "model").glob("exact_*.yaml") if "moments" not in path.stem)
)
def test_every_unit_of_every_exact_decoder_can_be_moved(bias, name) -> None:
    dataset = SHAPES3D if "shapes3d" in name else DSprites()
    model = build(OmegaConf.to_container(node(f"+model={name}").model.generator, resolve=True)).load(dataset, {})
    for found in traverse(moves(bias), model, 0):
        assert len(found.shown) == len(found.held_out) == 4
        assert found.shown[0].images.shape[1:] == (5, 3 if dataset is SHAPES3D else 1, 64, 64)


def test_strips_of_dead_latents_are_identical_frames() -> None:
    model = build(OmegaConf.to_container(node("+model=exact_identity").model.generator, resolve=True)).load(DSprites(), {})
    units = traverse(moves("none"), model, 0)
    for found in units[5:]:
        assert all((traversal.images == traversal.images[:, :1]).all() for traversal in found.shown)
    for found in units[1:5]:
        assert all((np.diff(traversal.images.astype(int), axis=1) != 0).any((2, 3, 4)).all() for traversal in found.shown)
