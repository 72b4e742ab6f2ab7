"""Sampling and inversion on one grid: closed forms for a Gaussian, and a network."""

import numpy as np
import pytest
import torch

from bench.errors import ConfigError
from bench.models.ddim import Grid, Tail
from bench.models.schedule import Schedule

KEPT = Schedule(steps=1000, first=1e-4, last=0.02).kept


def grid(steps=20, refinements=0, last=0.0):
    return Grid(steps=steps, last=last, refinements=refinements)


def gaussian(x, time):
    """The noise of states whose pictures have the law N(0, 1): sampling then changes nothing but for the size of steps."""
    return float(1 - KEPT[time]) ** 0.5 * x


def network(denoiser):
    return lambda x, time: denoiser.noise(x, time, [""] * len(x))


@pytest.fixture(scope="module")
def states():
    return torch.randn(3, 1, 8, 8, generator=torch.Generator().manual_seed(1))


def test_the_grid_goes_from_the_noisiest_time_to_the_cleanest():
    path = grid(steps=5).path(KEPT)
    assert path.times == (999, 749, 500, 250, 0)
    assert path.kept[-1] == 1.0


def test_edits_are_made_at_the_nearest_time():
    path = grid(steps=5).path(KEPT)
    assert path.times[path.place(0.7)] == 749


def test_a_grid_finer_than_the_schedule_is_an_error():
    with pytest.raises(ConfigError, match="at most 1000 different times"):
        grid(steps=1001).path(KEPT)


def test_betas_that_fall_are_an_error():
    with pytest.raises(ConfigError, match="first ≤ last"):
        Schedule(steps=10, first=0.02, last=0.01)


def test_a_step_is_a_rotation_for_a_gaussian():
    path = grid(steps=2).path(KEPT)
    x = torch.ones(1, 1)
    turned = np.arccos(np.sqrt(path.kept[0])) - np.arccos(np.sqrt(path.kept[1]))
    assert path.down(gaussian, x, [0]).item() == pytest.approx(np.cos(turned), rel=2e-3)


@pytest.mark.parametrize("refinements", [0, 3])
def test_inversion_and_generation_return_the_state(refinements, small_denoiser, states):
    path = grid(steps=25, refinements=refinements).path(KEPT)
    noise = network(small_denoiser)
    back = path.down(noise, path.up(noise, states), range(25))
    error = float((back - states).square().mean())
    assert 10 * np.log10(4 / error) >= (30 if refinements == 0 else 50)


def test_refinements_bring_the_state_nearer(small_denoiser, states):
    noise = network(small_denoiser)
    errors = []
    for refinements in (0, 1, 3):
        path = grid(steps=10, refinements=refinements).path(KEPT)
        errors.append(float((path.down(noise, path.up(noise, states), range(10)) - states).square().mean()))
    assert errors == sorted(errors, reverse=True)


def test_fresh_noise_comes_in_the_last_steps_only():
    path, drawn = grid(steps=10).path(KEPT), []

    def draw(step):
        drawn.append(path.times[step])
        return torch.ones(1, 1)

    path.down(gaussian, torch.ones(1, 1), range(10), Tail(1.0, 0.3, draw))
    assert drawn
    assert max(drawn) <= 0.3 * 999


def test_fresh_noise_keeps_the_variance_of_a_gaussian():
    path = grid(steps=100).path(KEPT)
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(4000, 1, generator=generator)
    end = path.down(gaussian, x, range(100), Tail(1.0, 0.5, lambda _: torch.randn(x.shape, generator=generator)))
    assert float(end.var()) == pytest.approx(1.0, abs=0.1)
    assert float((end * x).mean()) < 0.95 * float(x.var())


def test_no_fresh_noise_is_drawn_without_need():
    path = grid(steps=10).path(KEPT)
    path.down(gaussian, torch.ones(1, 1), range(10), Tail(0.0, 1.0, lambda step: pytest.fail("drew noise")))


def test_the_shipped_model_returns_pictures():
    """On the grid of `model=ddpm_directions`, with plain inversion, which is the worse one."""
    from bench import load

    data = load("dataset=dsprites_upright")
    model = load("model=dsprites_upright_ddpm_s0", "runtime.threads=1").load(data, {})
    images = data.images(np.array([1000, 9000]))
    path = grid(steps=20).path(model.kept)
    with torch.inference_mode():
        back = model.pictures(path.down(network(model), path.up(network(model), model.clean(images)), range(20)))
    error = np.square(back.astype(float) - images).mean((1, 2, 3))
    assert (10 * np.log10(255**2 / error) >= 30).all()
