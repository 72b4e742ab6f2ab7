"""The whole chain on a denoiser whose directions are known: an exact decoder's latents, turned by a known rotation."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from bench import load
from bench.errors import ConfigError
from bench.models.calibration import Calibration
from bench.models.ddim import Grid
from bench.models.directions import DiffusionDirections
from bench.models.exact_denoiser import ExactDenoiser
from bench.models.guidance import Guidance, Shift
from bench.models.pullback import Pullback
from bench.models.random_basis import RandomBasis
from bench.models.schedule import Schedule
from bench.models.tailing import Tailing


@pytest.fixture(scope="module")
def dataset():
    return load("dataset=dsprites")


@pytest.fixture(scope="module")
def known():
    decoder = replace(load("model=exact_identity"), latents=6)
    return ExactDenoiser(decoder=decoder, schedule=Schedule(steps=1000, first=1e-4, last=0.02), fall=0.7, seed=0)


@pytest.fixture
def directions(known):
    def build(**changed):
        settings = {
            "denoiser": known,
            "start": "noise",
            "homes": 2,
            "prompts": ("",),
            "drawn": "prompt",
            "contrasts": 0,
            "edits": (1.0,),
            "grid": Grid(steps=50, last=0.0, refinements=0),
            "basis": Pullback(rank=5, spare=1, least=3, most=200, tolerance=1e-8, chunk=8),
            "moves": Guidance(updates=16, reach=3.0, probe=1.0),
            "gain": 3 / 16,
            "spread": 0.1,
            "tail": Tailing(eta=0.0, below=0.2, shared=True),
            "threads": 1,
            "batch_size": 16,
        }
        return DiffusionDirections(**{**settings, **changed})

    return build


@pytest.fixture
def made(directions, dataset, tmp_path):
    def build(seed=0, **changed):
        generator = directions(**changed)
        return generator.load(dataset, generator.fit(dataset, seed, tmp_path))

    return build


def code(model, context=0, **moved):
    codes = np.zeros((1, model.latents), np.float32)
    codes[:, -2:] = context
    for name, value in moved.items():
        codes[:, int(name[1:])] = value
    return codes


def states(model, anchors, codes):
    """What is drawn before it becomes a picture: the latents of the exact decoder."""
    seen = []

    def keep(x):
        seen.append(model.denoiser.rotation.T @ x[:, :, 0, 0].numpy().T)
        return np.zeros((len(x), 1, 2, 2), np.uint8)

    class Watched(type(model.denoiser)):
        def pictures(self, x):
            return keep(x)

    spied = Watched(**{f: getattr(model.denoiser, f) for f in ("decoder", "rotation", "stretch", "kept")})
    replace(model, denoiser=spied).render(np.asarray(anchors), codes)
    return np.concatenate(seen, axis=1).T


def test_directions_are_the_known_ones_in_order(made):
    model = made()
    found = model.directions[:, :, :, 0, 0].numpy() @ model.denoiser.rotation
    np.testing.assert_allclose(np.abs(found), np.tile(np.eye(6)[:5], (2, 1, 1)), atol=2e-3)


def test_a_walk_moves_the_latent_of_its_direction_and_no_other(made):
    model = made()
    before, after = (states(model, [7], code(model, v1=value))[0] for value in (0.0, 3.0))
    np.testing.assert_allclose(np.abs(after - before), np.eye(6)[1] * 3, atol=0.15)


def test_a_code_of_half_the_length_moves_half_as_far(made):
    model = made()
    rest, half, whole = (states(model, [7], code(model, v0=value))[0] for value in (0.0, 1.0, 2.0))
    np.testing.assert_allclose(2 * (half - rest), whole - rest, atol=1e-3)


def test_the_two_signs_move_opposite_ways(made):
    model = made()
    rest, up, down = (states(model, [7], code(model, v0=value))[0] for value in (0.0, 2.0, -2.0))
    np.testing.assert_allclose(up - rest, rest - down, atol=1e-3)


def test_the_walk_before_moves_along_its_own_direction(made):
    model = made()
    rest, walked = states(model, [7], code(model))[0], states(model, [7], code(model, v7=1.5))[0]
    np.testing.assert_allclose(np.abs(walked - rest), np.eye(6)[2] * 1.5, atol=0.1)


def test_frames_share_batches_without_changing_each_other(made, dataset):
    model = made()
    codes = np.concatenate([code(model, context=c, v0=v) for c in (0, 0, 1) for v in (-3.0, 0.0, 1.5)])
    anchors = np.repeat([1, 2, 2], 3)
    alone = np.concatenate([states(model, anchors[[i]], codes[[i]]) for i in range(9)])
    np.testing.assert_allclose(states(model, anchors, codes), alone, atol=1e-5)


def test_a_zero_direction_gives_identical_frames(made):
    model = made()
    still = replace(model, directions=torch.zeros_like(model.directions))
    codes = np.concatenate([code(model, v0=value) for value in (-3.0, 0.0, 3.0)])
    frames = still.render(np.array([4, 4, 4]), codes)
    np.testing.assert_array_equal(frames[0], frames[1])
    np.testing.assert_array_equal(frames[0], frames[2])
    assert not np.array_equal(*model.render(np.array([4, 4]), np.concatenate([code(model, v4=v) for v in (-3.0, 3.0)])))


def test_anchors_are_variations_of_the_home(made):
    model = made()
    home = model.denoiser.rotation.T @ model.homes[0, :, 0, 0].numpy()
    near = states(model, [1, 2, 3], np.repeat(code(model), 3, axis=0))
    assert 0 < np.abs(near - home).max() < 0.6
    assert np.ptp(near, axis=0).min() > 0


def test_a_unit_holds_its_context(made):
    model = made()
    assert [unit.name for unit in model.units[4:6]] == ["image0/v4", "image1/v0"]
    assert model.units[5].condition.values == (1.0, 1.0)


def test_units_of_several_steps_say_theirs(made):
    model = made(homes=1, edits=(0.5, 1.0), basis=RandomBasis(rank=1))
    assert [unit.name for unit in model.units] == ["image0/0.5T/v0", "image0/1T/v0"]
    assert [model.path.times[context.place] for context in model.contexts] == [510, 999]


def test_pictures_of_several_steps_come_back_in_order(made):
    model = made(homes=1, edits=(0.5, 1.0))
    codes = np.concatenate([code(model, context=c, v4=v) for c, v in ((1, 3.0), (0, 3.0), (1, -3.0), (0, -3.0))])
    anchors = np.array([4, 5, 4, 5])
    together = model.render(anchors, codes)
    np.testing.assert_array_equal(together, np.concatenate([model.render(anchors[[i]], codes[[i]]) for i in range(4)]))
    assert len({picture.tobytes() for picture in together}) == 4


def test_no_codes_have_no_pictures(made):
    model = made(homes=1)
    assert model.render(np.zeros(0, int), np.zeros((0, model.latents), np.float32)).shape[0] == 0


def test_a_unit_has_as_many_contrasts_as_are_asked_for_of_its_own_picture(made):
    model = made(prompts=("a", "b", "c"), contrasts=2, edits=(0.5, 1.0), basis=RandomBasis(rank=1))
    unit = model.units[10]
    assert unit.name == "image1/1T/b/v0"
    assert [contrast.words for contrast in unit.contrasts] == ['the picture shows "c"', 'the picture shows "a"']
    assert [contrast.values for contrast in unit.contrasts] == [(10.0, 11.0), (10.0, 9.0)]


def test_a_contrast_moves_the_same_direction(made):
    model = made(prompts=("a", "b"), contrasts=1)
    turned = replace(model, directions=torch.stack([model.directions[0], model.directions[0].flip(0), *model.directions[2:]]))
    here, there = (code(model, v1=3.0) for _ in range(2))
    there[0, -1] = 1
    np.testing.assert_allclose(*(states(turned, [4], codes)[0] for codes in (here, there)), atol=1e-5)
    assert np.abs(states(turned, [4], here) - states(turned, [4], code(model, context=1, v1=3.0))).max() > 1


def test_contexts_share_batches_and_keep_their_own_directions(made):
    model = made()
    turned = replace(model, directions=torch.stack([model.directions[0], model.directions[1].flip(0)]))
    codes = np.concatenate([code(model, context=context, v1=3.0) for context in (0, 1)])
    alone = np.concatenate([states(turned, [4], codes[[i]]) for i in (0, 1)])
    np.testing.assert_allclose(states(turned, [4, 4], codes), alone, atol=1e-5)


def test_more_contrasts_than_other_prompts_are_an_error(directions):
    with pytest.raises(ConfigError, match="contrasts: expected fewer than the 2 prompts, got 2"):
        directions(prompts=("a", "b"), contrasts=2)


@pytest.mark.parametrize("twice", [{"prompts": ("a", "a")}, {"edits": (0.5, 0.5)}])
def test_a_prompt_or_a_step_that_comes_twice_is_an_error(twice, directions):
    with pytest.raises(ConfigError, match="expected each of them once"):
        directions(**twice)


def test_shared_noise_is_that_of_the_anchor(made):
    model = made(tail=Tailing(eta=1.0, below=0.5, shared=True))
    frames = states(model, [4, 4, 5], np.concatenate([code(model), code(model, v0=1e-6), code(model)]))
    np.testing.assert_allclose(frames[0], frames[1], atol=1e-4)
    assert np.abs(frames[0] - frames[2]).max() > 0.05


def test_noise_that_is_not_shared_makes_frames_differ(made):
    model = made(tail=Tailing(eta=1.0, below=0.5, shared=False))
    frames = states(model, [4, 4], np.concatenate([code(model), code(model, v0=1e-6)]))
    assert np.abs(frames[0] - frames[1]).max() > 0.05


def test_shifts_of_the_bottleneck_move_the_latent_of_their_direction(made):
    model = made(moves=Shift(reach=3.0), gain=1.0)
    rest, moved = (states(model, [4], code(model, v1=value))[0] for value in (0.0, 3.0))
    change = np.abs(moved - rest)
    assert change.argmax() == 1
    assert change[1] > 100 * np.delete(change, 1).max()


def test_random_directions_are_others(made):
    model = made(basis=RandomBasis(rank=3))
    found = model.directions[0, :, :, 0, 0].numpy()
    np.testing.assert_allclose(found @ found.T, np.eye(3), atol=1e-5)
    assert np.abs(found @ model.denoiser.rotation).max() < 0.99


def test_a_calibrated_gain_reaches_the_target_and_no_more(directions, dataset, tmp_path):
    target = Calibration(target=0.01, least=0.001, most=3.0, probes=4, halvings=12)
    generator = directions(homes=1, gain=target)
    model = generator.load(dataset, generator.fit(dataset, 0, tmp_path))
    moving = [1, 2, 3, 4]  # shape has steps too coarse for a target
    assert (target._change(model)[0, moving] >= 0.01).all()
    assert (target._change(replace(model, gains=model.gains / 1.5))[0, moving] < 0.0101).all()


def test_the_denoiser_is_in_memory_once_while_gains_are_calibrated(directions, dataset, tmp_path, monkeypatch):
    loaded, load_one = [], ExactDenoiser.load
    monkeypatch.setattr(ExactDenoiser, "load", lambda *given: loaded.append(load_one(*given)) or loaded[-1])
    gain = Calibration(target=0.01, least=0.001, most=3.0, probes=1, halvings=1)
    directions(homes=1, gain=gain, basis=RandomBasis(rank=1)).fit(dataset, 0, tmp_path)
    assert len(loaded) == 1


def test_two_edits_at_one_step_of_the_grid_are_an_error(directions, dataset, tmp_path):
    with pytest.raises(ConfigError, match=r"edits: expected a step of the grid for each of \[0.5, 0.501\]"):
        directions(edits=(0.5, 0.501)).fit(dataset, 0, tmp_path)


def test_a_model_that_is_no_denoiser_is_an_error(directions, dataset, tmp_path):
    with pytest.raises(ConfigError, match="expected a diffusion model"):
        directions(denoiser=load("model=exact_identity")).fit(dataset, 0, tmp_path)


def test_an_exact_decoder_does_not_go_back(directions, dataset, tmp_path):
    with pytest.raises(ConfigError, match="start=noise"):
        directions(start="image").fit(dataset, 0, tmp_path)
