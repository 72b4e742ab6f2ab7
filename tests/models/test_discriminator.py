"""The discriminator of FactorVAE against densities that are known."""

import math

import pytest
import torch
from torch.nn.functional import cross_entropy

from bench.models.discriminator import Discriminator, log_ratio, mistaken, shuffled


def noise(seed=0):
    return torch.Generator().manual_seed(seed)


def discriminator(*hidden):
    return Discriminator(hidden=hidden, learning_rate=1e-3, betas=(0.5, 0.9))


def correlated(n, correlation, seed=0):
    root = torch.linalg.cholesky(torch.tensor([[1.0, correlation], [correlation, 1.0]]))
    return torch.randn(n, 2, generator=noise(seed)) @ root.T


def test_it_has_the_widths_and_two_logits():
    network = discriminator(7, 5)(3, 0)
    assert [tuple(p.shape) for p in network.parameters() if p.dim() == 2] == [(7, 3), (5, 7), (2, 5)]


def test_a_seed_gives_the_same_weights_and_another_gives_others():
    one, again, other = (discriminator(7)(3, seed)[0].weight for seed in (0, 0, 1))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


def test_shuffled_latents_keep_their_values_and_lose_their_rows():
    codes = torch.randn(50, 3, generator=noise())
    found = shuffled(codes, noise(1))
    assert torch.equal(found.sort(0).values, codes.sort(0).values)
    assert not torch.equal(found[:, 0], codes[:, 0])
    assert not torch.equal(found[:, 0].argsort(), found[:, 1].argsort())


def test_shuffled_latents_do_not_depend_on_each_other():
    found = shuffled(correlated(5000, 0.9), noise(1))
    assert abs(torch.corrcoef(found.T)[0, 1]) < 0.05


def test_the_cross_entropy_is_that_of_torch():
    one, other = torch.randn(6, 2, generator=noise()), torch.randn(6, 2, generator=noise(1))
    zeros = torch.zeros(6, dtype=torch.long)
    torch.testing.assert_close(mistaken(one, other), (cross_entropy(one, zeros) + cross_entropy(other, zeros + 1)) / 2)


def test_an_even_guess_costs_log_two_and_sees_no_dependence():
    even = torch.full((4, 2), 3.0)
    assert mistaken(even, even).item() == pytest.approx(math.log(2))
    assert log_ratio(even).item() == 0


@pytest.mark.parametrize("correlation", [0.0, 0.8])
def test_a_trained_one_finds_the_total_correlation_of_a_gaussian(correlation):
    network = discriminator(32, 32)(2, 0)
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3, betas=(0.5, 0.9))
    for step in range(400):
        optimizer.param_groups[0]["lr"] = 3e-3 * (1 - step / 400)
        codes = correlated(512, correlation, step)
        optimizer.zero_grad()
        mistaken(network(codes), network(shuffled(codes, noise(10_000 + step)))).backward()
        optimizer.step()
    expected = -math.log(1 - correlation**2) / 2
    assert log_ratio(network(correlated(20_000, correlation, 999))).item() == pytest.approx(expected, abs=0.08)
