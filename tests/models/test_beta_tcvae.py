import math

import numpy as np
import pytest
import torch
from hydra import compose, initialize_config_module
from omegaconf import OmegaConf

from bench.build import build
from bench.datasets.dsprites import DSprites
from bench.interfaces import GenerativeModel
from bench.models.beta_tcvae import BetaTCVAE, total_correlation
from bench.models.beta_vae import divergence, sample


def noise(seed=0):
    return torch.Generator().manual_seed(seed)


def batch(n=7, latents=3):
    mean = torch.randn(n, latents, generator=noise(1))
    log_variance = torch.randn(n, latents, generator=noise(2)) - 1
    return sample(mean, log_variance, noise(3)), mean, log_variance


def slow_total_correlation(codes, mean, log_variance, scale):
    """Loops and plain exponentials, no logarithm of a sum taken cleverly."""
    n, latents = codes.shape
    total = 0.0
    for i in range(n):
        joint, alone = 0.0, [0.0] * latents
        for j in range(n):
            densities = []
            for d in range(latents):
                variance = math.exp(log_variance[j, d])
                density = math.exp(-((codes[i, d] - mean[j, d]) ** 2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)
                densities.append(density)
                alone[d] += density / scale
            joint += math.prod(densities) / scale
        total += math.log(joint) - sum(math.log(density) for density in alone)
    return total / n


def aggregate(correlation, n=4000):
    """Posteriors whose aggregate is a Gaussian with unit variances and this correlation: one draw from each."""
    narrow = 0.1
    covariance = torch.tensor([[1.0, correlation], [correlation, 1.0]]) - narrow * torch.eye(2)
    mean = torch.randn(n, 2, generator=noise(5)) @ torch.linalg.cholesky(covariance).T
    log_variance = torch.full((n, 2), math.log(narrow))
    return sample(mean, log_variance, noise(6)), mean, log_variance


@pytest.mark.parametrize("scale", [1, 7, 700])
def test_the_total_correlation_agrees_with_plain_loops(scale):
    codes, mean, log_variance = batch()
    expected = slow_total_correlation(codes.numpy(), mean.numpy(), log_variance.numpy(), scale)
    assert total_correlation(codes, mean, log_variance, scale).item() == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("correlation", [0.0, 0.5, -0.8])
def test_the_total_correlation_of_a_gaussian_is_known(correlation):
    codes, mean, log_variance = aggregate(correlation)
    expected = -math.log(1 - correlation**2) / 2
    assert total_correlation(codes, mean, log_variance, len(codes)).item() == pytest.approx(expected, abs=0.05)


def test_one_latent_depends_on_no_other():
    codes, mean, log_variance = batch(latents=1)
    assert total_correlation(codes, mean, log_variance, 7).item() == pytest.approx(0, abs=1e-6)


def test_the_weighted_estimator_differs_by_a_constant(beta_tcvae, small_network, squares):
    network, images = small_network(squares, 0), torch.rand(6, 1, 8, 8, generator=noise())
    unscaled = beta_tcvae("unscaled").loss(network, images, noise(), 1.0, count=25)["tc"]
    weighted = beta_tcvae("weighted").loss(network, images, noise(), 1.0, count=25)["tc"]
    assert (weighted - unscaled).item() == pytest.approx((3 - 1) * math.log(25 * 6), rel=1e-5)


def test_the_estimator_does_not_change_the_weights(beta_tcvae, squares, tmp_path):
    fitted = []
    for estimator in ("unscaled", "weighted"):
        (tmp_path / estimator).mkdir()
        fitted.append(beta_tcvae(estimator).fit(squares, 0, tmp_path / estimator))
    assert all(np.array_equal(fitted[0][name], fitted[1][name]) for name in fitted[0])


def test_each_term_has_its_weight(beta_tcvae, small_network, squares):
    network, images = small_network(squares, 0), torch.rand(6, 1, 8, 8, generator=noise())
    losses = beta_tcvae().loss(network, images, noise(), 1.0, count=25)
    expected = 0.5 * losses["reconstruction"] + 1.5 * losses["kl"] + 2.5 * losses["tc"]
    assert losses["loss"].item() == pytest.approx(expected.item(), rel=1e-6)
    assert losses["kl"].item() == pytest.approx(divergence(*network["encoder"](images).chunk(2, 1)).sum().item() / 6, rel=1e-5)


def test_what_the_prior_asks_for_weighs_more_at_the_start(beta_tcvae, small_network, squares):
    network, images = small_network(squares, 0), torch.rand(6, 1, 8, 8, generator=noise())
    losses = beta_tcvae().loss(network, images, noise(), 0.0, count=25)
    expected = 0.5 * losses["reconstruction"] + 3 * (1.5 * losses["kl"] + 2.5 * losses["tc"])
    assert losses["loss"].item() == pytest.approx(expected.item(), rel=1e-6)


def test_it_fits_and_loads(beta_tcvae, squares, tmp_path):
    model = beta_tcvae()
    loaded = model.load(squares, model.fit(squares, 0, tmp_path))
    assert isinstance(loaded, GenerativeModel)
    assert loaded.render(np.arange(2), loaded.codes(np.arange(2))).shape == (2, 1, 8, 8)


def test_the_shipped_configuration_has_the_published_network_and_weights():
    with initialize_config_module("bench.conf", version_base="1.3"):
        model = build(OmegaConf.to_container(compose("config", ["model=beta_tcvae", "metric=[]"]).model.generator, resolve=True))
    assert isinstance(model, BetaTCVAE)
    assert (model.reconstruction_weight, model.kl_weight, model.tc_weight) == (64 / 200, 1, 2)
    shapes = [tuple(value.shape) for name, value in model.network(DSprites(), 0).state_dict().items() if name.endswith("weight")]
    assert shapes[:7] == [(32, 1, 4, 4), *[(32, 32, 4, 4)] * 3, (256, 512), (256, 256), (10, 256)]
    assert shapes[7:] == [(512, 5), (512, 512), (512, 512), *[(32, 32, 4, 4)] * 3, (32, 1, 4, 4)]
