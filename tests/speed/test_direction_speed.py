"""What directions and strips of the shipped DDPM cost, against the naive way and against the least possible."""

from dataclasses import replace
from statistics import median

import numpy as np
import pytest
import torch

from bench import load
from bench.models.pullback import Pullback
from bench.traversals.axis import Axis
from tests.speed.conftest import seconds

TIME, RANK = 750, 4


@pytest.fixture(scope="module")
def denoiser():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield load("model=dsprites_upright_ddpm_s0", "runtime.threads=1").load(load("dataset=dsprites_upright"), {})
    torch.set_num_threads(before)


def naive(function, x, columns):
    """One forward-mode product for each entry of the state, and the full decomposition. Only some `columns` are made."""
    with torch.no_grad(), torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        units = torch.eye(x.numel())[:columns].view(-1, 1, *x.shape)
        return torch.stack([torch.func.jvp(function, (x[None],), (unit,))[1].flatten() for unit in units])


@pytest.mark.speed
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_basis_against_one_product_for_each_entry(denoiser, once, figure):
    """The naive way is timed on a part of its products and, for the decomposition, on a random matrix of its size."""
    x = torch.randn(denoiser.shape, generator=torch.Generator().manual_seed(0))
    finder = Pullback(rank=RANK, spare=5, least=3, most=100, tolerance=1e-4, chunk=16)

    def function(states):
        return denoiser.bottleneck(states, TIME, [""] * len(states))

    basis = once(lambda: finder.of(function, x, 0))  # also warms up
    naive(function, x, 2)
    ours = median(seconds(lambda: finder.of(function, x, 0)) for _ in range(3))
    part = 64
    products = seconds(lambda: naive(function, x, part)) * x.numel() / part
    answer = int(basis.responses[0].numel())
    decomposition = seconds(lambda: torch.linalg.svd(torch.randn(answer, x.numel()), full_matrices=False))
    figure(f"directions: {ours:.2f} s, {basis.turns} turns; naive {products + decomposition:.0f} s ({products:.0f} s of products)")
    assert basis.settled
    assert ours < 0.1 * (products + decomposition)


@pytest.mark.speed
def test_a_strip_takes_hardly_more_evaluations_than_it_must(denoiser, once, figure, tmp_path):
    """A walk takes two evaluations an update and sign, and a distinct frame one a step; the first update shares one."""
    generator = replace(load("model=ddpm_directions", "runtime.threads=1"), homes=1, edits=(0.75,), gain=0.3)
    data = load("dataset=dsprites_upright")
    model = generator.load(data, generator.fit(data, 0, tmp_path))
    counted = Counted(model.denoiser)
    moves = Axis(values=(-3.0, -1.5, 0.0, 1.5, 3.0), references=1, held_out=0)
    once(lambda: moves(replace(model, denoiser=counted), model.units[0], np.array([1])))
    steps, place = len(model.path.times), model.contexts[0].place
    least = place + 2 * 2 * generator.moves.updates - 1 + 5 * (steps - place)
    figure(f"strips: {counted.states} evaluations of the U-Net for five frames, at least {least}")
    assert counted.states <= 1.01 * least + 1


class Counted:
    """A denoiser that counts the states whose noise it is asked for."""

    def __init__(self, denoiser):
        self.denoiser, self.states = denoiser, 0

    def __getattr__(self, name):
        return getattr(self.denoiser, name)

    def noise(self, x, time, prompts):
        self.states += len(x)
        return self.denoiser.noise(x, time, prompts)
