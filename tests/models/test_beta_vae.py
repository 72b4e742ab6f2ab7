import math

import numpy as np
import pytest
import torch
from hydra import compose, initialize_config_module
from omegaconf import OmegaConf

from bench.build import build
from bench.datasets.dsprites import DSprites
from bench.errors import ConfigError, DataError
from bench.interfaces import GenerativeModel, Generator
from bench.models.annealing import Annealing
from bench.models.beta_vae import BetaVAE, divergence, reconstruction_error, sample
from bench.models.networks import ConvNetwork


def noise(seed=0):
    return torch.Generator().manual_seed(seed)


def drawn(*shape):
    return torch.randn(shape, generator=noise(sum(shape)))


@pytest.fixture
def trained(beta_vae, squares, tmp_path):
    model = beta_vae()
    weights = model.fit(squares, 0, tmp_path)
    return model, weights, model.load(squares, weights)


def shipped_generator(name):
    with initialize_config_module("bench.conf", version_base="1.3"):
        return build(OmegaConf.to_container(compose("config", [f"model={name}", "metric=[]"]).model.generator, resolve=True))


def test_the_divergence_is_that_of_torch():
    mean, log_variance = drawn(5, 3), drawn(5, 3) + 1
    gaussian = torch.distributions.Normal(mean, (log_variance / 2).exp())
    expected = torch.distributions.kl_divergence(gaussian, torch.distributions.Normal(0, 1))
    torch.testing.assert_close(divergence(mean, log_variance), expected)


def test_the_divergence_agrees_with_samples():
    mean, log_variance = torch.tensor([[0.7]]), torch.tensor([[-1.2]])
    codes = sample(mean.expand(200_000, 1), log_variance.expand(200_000, 1), noise())
    gaussian = torch.distributions.Normal(mean, (log_variance / 2).exp())
    estimate = (gaussian.log_prob(codes) - torch.distributions.Normal(0, 1).log_prob(codes)).mean()
    assert divergence(mean, log_variance).item() == pytest.approx(estimate.item(), abs=0.01)


def test_the_prior_has_no_divergence_from_itself():
    assert divergence(torch.zeros(1, 2), torch.zeros(1, 2)).tolist() == [[0.0, 0.0]]


def test_samples_have_the_mean_and_the_variance_of_the_posterior():
    codes = sample(torch.full((100_000, 1), 2.0), torch.full((100_000, 1), math.log(0.25)), noise())
    assert codes.mean().item() == pytest.approx(2, abs=0.01)
    assert codes.std().item() == pytest.approx(0.5, abs=0.01)


def test_the_reconstruction_error_is_a_plain_sum_of_cross_entropies(small_network, squares):
    network, codes = small_network(squares, 0), drawn(4, 3)
    images = torch.rand(4, 1, 8, 8, generator=noise())
    logits = network["decoder"](codes).flatten().tolist()
    total = 0.0
    for logit, pixel in zip(logits, images.flatten().tolist(), strict=True):
        probability = 1 / (1 + math.exp(-logit))
        total -= pixel * math.log(probability) + (1 - pixel) * math.log(1 - probability)
    assert reconstruction_error(network, codes, images).item() == pytest.approx(total / 4, rel=1e-5)


def test_the_loss_is_the_error_plus_beta_times_the_divergence(beta_vae, small_network, squares):
    network, images = small_network(squares, 0), torch.rand(6, 1, 8, 8, generator=noise())
    losses = beta_vae(beta=4.0).loss(network, images, noise(), 1.0)
    assert losses["loss"].item() == pytest.approx((losses["reconstruction"] + 4 * losses["kl"]).item())
    assert losses["kl"].item() == pytest.approx(divergence(*network["encoder"](images).chunk(2, 1)).sum().item() / 6, rel=1e-5)


def test_training_lowers_the_loss(beta_vae, squares, tmp_path):
    model = beta_vae(steps=150, batch=25)
    network, images = model.network(squares, 0), torch.from_numpy(squares.images(np.arange(25))).float() / 255
    before = model.loss(network, images, noise(), 1.0)["loss"].item()
    model.training(network, model.loss, squares, 0, tmp_path)
    assert model.loss(network, images, noise(), 1.0)["loss"].item() < 0.8 * before


def test_a_fresh_network_keeps_the_size_of_a_signal():
    network = ConvNetwork(latents=8, channels=(32, 32, 32), encoder_hidden=(256,), decoder_hidden=(256,))(DSprites(), 0)
    size = network["decoder"](drawn(64, 8)).square().mean().sqrt().item()
    assert 0.5 < size < 3


def test_it_is_a_generator_of_a_generative_model(trained):
    model, _, loaded = trained
    assert isinstance(model, Generator)
    assert isinstance(loaded, GenerativeModel)


def test_there_is_one_unit_a_latent(trained):
    assert [(unit.name, unit.latents) for unit in trained[2].units] == [("z0", (0,)), ("z1", (1,)), ("z2", (2,))]


def test_the_code_of_an_anchor_is_the_mean_of_its_image(trained, squares):
    loaded = trained[2]
    mean, log_variance = loaded.encode(squares.images(np.array([3, 24])))
    assert np.array_equal(loaded.codes(np.array([3 + 25 * 1000, 24])), mean)
    assert mean.dtype == log_variance.dtype == np.float32
    assert not np.array_equal(mean, log_variance)


def test_rendering_gives_rounded_probabilities(trained):
    loaded = trained[2]
    codes = drawn(5, 3).numpy()
    images = loaded.render(np.zeros(5, np.int64), codes)
    with torch.no_grad():
        exact = torch.sigmoid(loaded.network["decoder"](torch.from_numpy(codes))).numpy() * 255
    assert images.dtype == np.uint8
    assert np.abs(images - exact).max() <= 0.5 + 1e-3


def test_batches_do_not_change_what_comes_out(beta_vae, trained, squares):
    _, weights, whole = trained
    single = beta_vae(batch_size=1).load(squares, weights)
    images, codes = squares.images(np.arange(7)), drawn(7, 3).numpy()
    np.testing.assert_allclose(single.encode(images).mean, whole.encode(images).mean, rtol=1e-4, atol=1e-5)
    assert np.abs(single.render(np.arange(7), codes).astype(int) - whole.render(np.arange(7), codes)).max() <= 1


def test_nothing_in_gives_nothing_out(trained):
    assert trained[2].encode(np.zeros((0, 1, 8, 8), np.uint8)).mean.shape == (0, 3)
    assert trained[2].render(np.zeros(0, np.int64), np.zeros((0, 3), np.float32)).shape == (0, 1, 8, 8)


def test_loading_reports_all_faults_of_the_weights_at_once(trained, squares):
    model, weights, _ = trained
    broken = dict(weights) | {"extra": np.zeros(1), "encoder.0.bias": np.full(4, np.nan), "encoder.2.bias": np.zeros(9)}
    del broken["decoder.0.bias"]
    with pytest.raises(DataError) as error:
        model.load(squares, broken)
    for fault in ("extra", "encoder.0.bias holds", r"encoder.2.bias has shape (9,), expected (8,)", "decoder.0.bias is missing"):
        assert fault in str(error.value)


def test_images_that_cannot_be_halved_are_refused(squares):
    deep = ConvNetwork(latents=1, channels=(2, 2, 2, 2), encoder_hidden=(), decoder_hidden=())
    with pytest.raises(ConfigError, match="channels"):
        deep(squares, 0)


def test_images_that_are_not_square_are_refused(squares, small_network, monkeypatch):
    monkeypatch.setattr(type(squares), "images", lambda self, index: np.zeros((len(index), 1, 8, 4), np.uint8))
    with pytest.raises(ConfigError, match="8 by 4"):
        small_network(squares, 0)


def test_the_shipped_configuration_has_the_usual_network():
    model = shipped_generator("beta_vae")
    assert isinstance(model, BetaVAE)
    shapes = [tuple(value.shape) for name, value in model.network(DSprites(), 0).state_dict().items() if name.endswith("weight")]
    assert shapes[:6] == [(32, 1, 4, 4), (32, 32, 4, 4), (64, 32, 4, 4), (64, 64, 4, 4), (256, 1024), (20, 256)]
    assert shapes[6:] == [(256, 10), (1024, 256), (64, 64, 4, 4), (64, 32, 4, 4), (32, 32, 4, 4), (32, 1, 4, 4)]


@pytest.mark.parametrize(("done", "expected"), [(0.0, 16.0), (0.25, 4.0), (0.5, 1.0), (0.9, 1.0)])
def test_the_annealing_factor_falls_by_equal_ratios_and_then_stays(done, expected):
    assert Annealing(factor=16.0, share=0.5)(done) == pytest.approx(expected)


def test_the_divergence_weighs_more_at_the_start(beta_vae, small_network, squares):
    network, images = small_network(squares, 0), torch.rand(6, 1, 8, 8, generator=noise())
    network["encoder"][-1].weight.data.mul_(100)
    losses = beta_vae(beta=4.0).loss(network, images, noise(), 0.0)
    assert losses["loss"].item() == pytest.approx((losses["reconstruction"] + 3 * 4 * losses["kl"]).item())


def test_a_fresh_posterior_is_nearly_the_prior(small_network, squares):
    outputs = small_network(squares, 0)["encoder"](torch.from_numpy(squares.images(np.arange(25))).float() / 255)
    assert outputs.abs().max().item() < 0.1
    assert outputs.std().item() > 0
