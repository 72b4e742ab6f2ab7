from dataclasses import replace

import numpy as np
import pytest
import torch

from bench import load
from bench.errors import ConfigError, DataError
from bench.models.averaging import averaged, flat, follow, settled
from bench.models.ddim import Grid
from bench.models.ddpm import DDPM
from bench.models.schedule import Schedule
from bench.models.unet import UNet

NETWORK = UNet(patch=2, channels=(4, 8), layers=1, groups=2, attention=False)


@pytest.fixture
def ddpm(schedule):
    def build(decay=0.9, **changed):
        return DDPM(
            schedule=Schedule(steps=50, first=1e-3, last=0.2),
            network=NETWORK,
            decay=decay,
            training=schedule(**{"steps": 6, "save_every": 2, **changed}),
            grid=Grid(steps=5, last=0.0, refinements=0),
            batch_size=16,
        )

    return build


def test_squares_of_pixels_lie_in_channels_without_loss(ddpm, squares, coloured_squares):
    for dataset, channels in ((squares, 4), (coloured_squares, 12)):
        network = NETWORK(dataset, 0)
        model = ddpm().load(dataset, {name: value.numpy() for name, value in network.state_dict().items()})
        images = dataset.images(np.arange(3))
        assert model.shape == (channels, 4, 4)
        np.testing.assert_array_equal(model.pictures(model.clean(images)), images)


def test_training_lowers_the_loss(ddpm, squares, tmp_path):
    losses = []
    generator = ddpm(steps=40, learning_rate=5e-3)

    def watched(*given):
        found = generator.loss(*given)
        losses.append(found["loss"].item())
        return found

    generator.training(averaged(NETWORK(squares, 0)), watched, squares, 0, tmp_path)
    assert np.mean(losses[-8:]) < 0.9 * np.mean(losses[:8])


def test_the_same_seed_gives_the_same_bits(ddpm, squares, tmp_path):
    first, second = (ddpm().fit(squares, 0, tmp_path / name) for name in _folders(tmp_path, "a", "b"))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_a_run_that_is_cut_off_goes_on_with_its_mean(ddpm, squares, tmp_path):
    whole, cut = _folders(tmp_path, "whole", "cut")
    expected = ddpm().fit(squares, 0, tmp_path / whole)
    generator = ddpm()
    calls = iter(range(5))

    def fails(*given):
        if next(calls) == 3:
            raise KeyboardInterrupt
        return generator.loss(*given)

    with pytest.raises(KeyboardInterrupt):
        generator.training(averaged(generator.network(squares, 0)), fails, squares, 0, tmp_path / cut)
    found = generator.fit(squares, 0, tmp_path / cut)
    assert all(np.array_equal(found[name], expected[name]) for name in expected)


def test_the_velocity_is_turned_into_noise(ddpm, squares):
    """A network that says v = √ᾱ ε − √(1 − ᾱ) x exactly is read as ε."""
    model = ddpm().load(squares, {name: value.numpy() for name, value in NETWORK(squares, 0).state_dict().items()})
    x, noise, time = torch.ones(1, 4, 4, 4), torch.full((1, 4, 4, 4), 0.3), 20
    part = float(model.kept[time])

    class Exact(torch.nn.Module):
        dtype = torch.float32

        def forward(self, state, _time):
            return type("Output", (), {"sample": part**0.5 * noise - (1 - part) ** 0.5 * x})

    told = replace(model, network=Exact()).noise(part**0.5 * x + (1 - part) ** 0.5 * noise, time, [""])
    torch.testing.assert_close(told, noise)


def test_the_mean_follows_the_weights():
    network = torch.nn.Linear(1, 1, bias=False)
    module = averaged(network)
    start = network.weight.item()
    with torch.no_grad():
        network.weight.add_(1.0)
    follow(module, 0.05)
    assert float(module.get_buffer("average")) == pytest.approx(start + 0.95)
    assert settled(module).weight.item() == pytest.approx(start + 0.95)


def test_the_mean_forgets_its_start_quickly():
    network = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.constant_(network.weight, 0.5)  # a start near -0.9 would leave nothing but rounding to compare
    module = averaged(network)
    start = network.weight.item()
    with torch.no_grad():
        network.weight.add_(1.0)
    follow(module, 0.999)
    assert float(module.get_buffer("average")) == pytest.approx(start + 0.9)


def test_all_weights_are_in_one_row(squares):
    network = NETWORK(squares, 0)
    assert len(flat(network)) == sum(p.numel() for p in network.parameters())


@pytest.mark.parametrize(
    ("network", "message"), [(replace(NETWORK, patch=3), "divides"), (replace(NETWORK, groups=3), "groups = 3")]
)
def test_a_network_that_does_not_fit_is_an_error(network, message, squares):
    with pytest.raises(ConfigError, match=message):
        network(squares, 0)


def test_weights_of_another_network_are_an_error(ddpm, squares):
    with pytest.raises(DataError, match="is missing"):
        ddpm().load(squares, {})


def test_on_its_own_it_draws_pictures_and_has_no_units(ddpm, squares):
    model = ddpm().load(squares, {name: value.numpy() for name, value in NETWORK(squares, 0).state_dict().items()})
    anchors = np.arange(3)
    assert model.units == ()
    assert model.render(anchors, model.codes(anchors)).shape == (3, 1, 8, 8)


def test_the_model_for_shapes3d_trains_on_its_colours(tmp_path):
    data = load("dataset=shapes3d")
    short = ("model.generator.training.steps=2", "model.generator.training.batch=4", "model.generator.training.precision=float32")
    generator = load("model=ddpm_small_shapes3d", *short, "runtime.threads=1")
    model = replace(generator.load(data, generator.fit(data, 0, tmp_path)), grid=Grid(steps=2, last=0.0, refinements=0))
    assert model.shape == (48, 16, 16)
    assert model.render(np.arange(2), model.codes(np.arange(2))).shape == (2, 3, 64, 64)


def test_weights_of_the_model_for_shapes3d_are_small_enough_to_ship():
    network = load("model=ddpm_small_shapes3d").network(load("dataset=shapes3d"), 0)
    assert 4 * len(flat(network)) <= 20 * 2**20


def _folders(path, *names):
    for name in names:
        (path / name).mkdir()
    return names
