"""The gradient of each target, against differentiating it directly."""

import numpy as np
import pytest
import torch

from bench.attention.looking import Looking
from bench.attention.pictures import Pictures
from bench.attention.targets import Aggregate, Deviation, Difference, Mean
from bench.explainers.gradient_attention import GradientAttention
from tests.attention.blocks import BLOCKS, vae

INDEX = np.arange(6)
NORMAL = Aggregate(np.array([0.3, -0.2, 0.1]), np.array([0.5, 1.0, 2.0]), np.array([0.2, 0.1, 0.4]))
PIXELS = torch.from_numpy(BLOCKS.images(INDEX)).float() / 255


def maps(target, positive="size", pooled=False):
    looking = Looking(pictures=Pictures(shown=4, checked=0), layer=1, rectified=True, redrawn=False)
    explainer = GradientAttention(looking=looking, target=target, pooled=pooled, positive=positive)
    return explainer.maps(vae().opened(1, True, None), PIXELS, INDEX, NORMAL, seed=7)


def direct(score):
    """|gradient x activation| of a score (n, latents) of means and log-variances, latent by latent, enlarged."""
    encoder, found = vae().opened(1, True, None), []
    for latent in range(3):
        leaf = encoder.below(PIXELS).clone().requires_grad_()
        score(*encoder.above(leaf))[:, latent].sum().backward()
        found.append((leaf.grad * leaf.detach()).sum(1).abs())
    return torch.nn.functional.interpolate(torch.stack(found, 1), (16, 16), mode="bilinear")


def close(found, expected):
    assert expected.abs().max() > 1e-4
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-3)


def of(value):
    return torch.from_numpy(value).float()


def test_the_mean():
    small = maps(Mean(), "relu")
    assert small.min() == 0 < small.max()
    assert (maps(Mean()) >= small - 1e-6).all()


def test_the_squared_distance():
    whole = of(NORMAL.spread + NORMAL.variance)
    expected = direct(lambda mean, _: (mean - of(NORMAL.mean)).square() / (2 * whole))
    close(maps(Deviation(measure="mahalanobis", pictures=8)), expected)


def test_the_divergence():
    whole, m = of(NORMAL.spread + NORMAL.variance), of(NORMAL.mean)

    def divergence(mean, log_variance):
        return 0.5 * (log_variance.exp() / whole + (mean - m).square() / whole - 1 - (log_variance - whole.log()))

    close(maps(Deviation(measure="divergence", pictures=8)), direct(divergence))


def test_one_draw_of_the_difference():
    noise = np.stack([np.random.default_rng([7, picture]).standard_normal((1, 3)) for picture in INDEX])[:, 0]

    def difference(mean, log_variance):
        return of(NORMAL.mean) - mean + of(noise) * (of(NORMAL.variance) + log_variance.exp()).sqrt()

    close(maps(Difference(draws=1, pictures=8)), direct(difference))


def test_draws_are_averaged_and_their_noise_belongs_to_the_picture():
    many = maps(Difference(draws=40, pictures=8), "relu")
    assert (many - maps(Difference(draws=1, pictures=8), "relu")).abs().max() > 1e-5
    looking = Looking(pictures=Pictures(shown=4, checked=0), layer=1, rectified=True, redrawn=False)
    explainer = GradientAttention(looking=looking, target=Difference(draws=40, pictures=8), pooled=False, positive="relu")
    alone = explainer.maps(vae().opened(1, True, None), PIXELS[[3]], INDEX[[3]], NORMAL, seed=7)
    torch.testing.assert_close(alone, many[[3]], atol=1e-6, rtol=0)


def test_in_the_mean_a_difference_is_the_mean_turned_round():
    weights, outer = Difference(draws=4000, pictures=8).weights(np.zeros((1, 3)), np.zeros((1, 3)), NORMAL, np.array([5]), 0)
    assert (weights == -1).all()
    assert np.abs(outer.mean(0)).max() < 0.03


@pytest.mark.parametrize("target", [Mean(), Deviation(measure="mahalanobis", pictures=8)])
def test_targets_without_a_part_of_the_variance_differentiate_the_mean_alone(target):
    weights, outer = target.weights(np.ones((2, 3)), np.zeros((2, 3)), NORMAL, np.arange(2), 0)
    assert weights.shape == outer.shape == (1, 2, 3)
    assert not outer.any()
