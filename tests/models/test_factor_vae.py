"""FactorVAE and AD-FactorVAE on a dataset of 25 squares."""

from contextlib import suppress

import numpy as np
import pytest
import torch
from hydra import compose, initialize_config_module
from omegaconf import OmegaConf

from bench.build import build
from bench.datasets.dsprites import DSprites
from bench.errors import DataError
from bench.interfaces import GenerativeModel, Generator
from bench.models.annealing import Annealing
from bench.models.attention_overlap import AttentionOverlap
from bench.models.discriminator import Discriminator, log_ratio
from bench.models.factor_vae import FactorVAE

ATTENTION = AttentionOverlap(weight=5.0, layer=1, rectified=True, pairs="random", active=0.0)
CONFIGURATIONS = ["factor_vae", "ad_factor_vae", "factor_vae_small", "ad_factor_vae_small"]


def noise(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def factor_vae(schedule, small_network):
    def build(attention=None, gamma=4.0, **changed):
        return FactorVAE(
            gamma=gamma,
            attention=attention,
            annealing=Annealing(factor=3.0, share=0.5),
            discriminator=Discriminator(hidden=(16, 16), learning_rate=1e-2, betas=(0.5, 0.9)),
            network=small_network,
            training=schedule(**changed),
            batch_size=16,
        )

    return build


@pytest.fixture
def whole(factor_vae, squares):
    """The parts as they are in training."""
    model = factor_vae()
    network = model.network(squares, 0)
    network["discriminator"] = model.discriminator(3, 0)
    with torch.no_grad():
        network["encoder"][-1].weight.mul_(100)  # the last layer is drawn small
    return network


@pytest.fixture
def images():
    return torch.rand(6, 1, 8, 8, generator=noise(9))


def gradients(network, loss):
    network.zero_grad()
    loss.backward()
    return {part: sum(p.grad.abs().sum().item() for p in network[part].parameters() if p.grad is not None) for part in network}


def test_it_is_a_generator_of_a_model(factor_vae, squares, tmp_path):
    model = factor_vae()
    assert isinstance(model, Generator)
    assert isinstance(model.load(squares, model.fit(squares, 0, tmp_path)), GenerativeModel)


def test_the_loss_is_the_weighted_sum_of_its_terms(factor_vae, whole, images):
    found = {name: value.item() for name, value in factor_vae().loss(whole, images, noise(), 1.0).items()}
    expected = found["reconstruction"] + found["kl"] + 4 * found["tc"] + found["guess"]
    assert found["loss"] == pytest.approx(expected, rel=1e-6)
    assert "overlap" not in found


def test_annealing_weighs_the_divergence_alone(factor_vae, whole, images):
    found = {name: value.item() for name, value in factor_vae().loss(whole, images, noise(), 0.0).items()}
    expected = found["reconstruction"] + 3 * found["kl"] + 4 * found["tc"] + found["guess"]
    assert found["loss"] == pytest.approx(expected, rel=1e-6)


def test_attention_adds_its_overlap_and_changes_nothing_else(factor_vae, whole, images):
    plain = factor_vae().loss(whole, images, noise(), 1.0)
    found = factor_vae(ATTENTION).loss(whole, images, noise(), 1.0)
    assert found["overlap"].item() > 0
    assert found["loss"].item() == pytest.approx(plain["loss"].item() + 5 * found["overlap"].item(), rel=1e-6)
    assert all(torch.allclose(found[name], plain[name]) for name in plain if name != "loss")


def test_the_overlap_teaches_the_encoder_alone(factor_vae, whole, images):
    found = gradients(whole, factor_vae(ATTENTION).loss(whole, images, noise(), 1.0)["overlap"])
    assert found["encoder"] > 0
    assert found["decoder"] == found["discriminator"] == 0


def test_the_total_correlation_teaches_the_encoder_and_not_the_discriminator(factor_vae, whole, images):
    found = gradients(whole, factor_vae().loss(whole, images, noise(), 1.0)["tc"])
    assert found["encoder"] > 0
    assert found["discriminator"] == 0


def test_the_guess_teaches_the_discriminator_alone(factor_vae, whole, images):
    found = gradients(whole, factor_vae().loss(whole, images, noise(), 1.0)["guess"])
    assert found["discriminator"] > 0
    assert found["encoder"] == found["decoder"] == 0


def test_the_total_correlation_is_what_the_discriminator_says_of_the_codes(factor_vae, whole, images):
    with torch.no_grad():
        mean, log_variance = whole["encoder"](images).chunk(2, 1)
        codes = mean + (log_variance / 2).exp() * torch.randn(mean.shape, generator=noise())
        expected = log_ratio(whole["discriminator"](codes))
    assert factor_vae().loss(whole, images, noise(), 1.0)["tc"].item() == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.parametrize("attention", [None, ATTENTION])
def test_the_weights_are_those_of_the_vae_and_fit_without_the_discriminator(factor_vae, squares, tmp_path, attention):
    model = factor_vae(attention)
    weights = model.fit(squares, 0, tmp_path)
    assert weights.keys() == model.network(squares, 0).state_dict().keys()
    loaded = model.load(squares, weights)
    assert loaded.render(np.arange(2), loaded.codes(np.arange(2))).shape == (2, 1, 8, 8)


def test_attention_without_weight_leaves_every_bit(factor_vae, squares, tmp_path):
    found = []
    for name, attention in (("plain", None), ("weightless", AttentionOverlap(**{**vars(ATTENTION), "weight": 0.0}))):
        (tmp_path / name).mkdir()
        found.append(factor_vae(attention).fit(squares, 0, tmp_path / name))
    assert all(np.array_equal(found[0][name], found[1][name]) for name in found[0])


def test_attention_with_a_weight_changes_the_encoder(factor_vae, squares, tmp_path):
    found = []
    for name, attention in (("plain", None), ("attention", ATTENTION)):
        (tmp_path / name).mkdir()
        found.append(factor_vae(attention).fit(squares, 0, tmp_path / name))
    assert np.abs(found[0]["encoder.0.weight"] - found[1]["encoder.0.weight"]).max() > 1e-3


class Killed(Exception):
    pass


@pytest.mark.parametrize("attention", [None, ATTENTION])
def test_a_run_that_was_killed_ends_as_one_that_was_not(factor_vae, squares, tmp_path, monkeypatch, attention):
    model, true = factor_vae(attention), FactorVAE.loss
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    whole = model.fit(squares, 1, tmp_path / "a")

    def stopping(self, network, images, generator, done):
        if done > 0.6:
            raise Killed
        return true(self, network, images, generator, done)

    with monkeypatch.context() as patch, suppress(Killed):
        patch.setattr(FactorVAE, "loss", stopping)
        model.fit(squares, 1, tmp_path / "b")
    continued = model.fit(squares, 1, tmp_path / "b")
    assert all(np.array_equal(whole[name], continued[name]) for name in whole)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_both_precisions_train_through_the_second_derivative(factor_vae, squares, tmp_path, precision):
    weights = factor_vae(ATTENTION, precision=precision).fit(squares, 0, tmp_path)
    assert all(np.isfinite(value).all() for value in weights.values())


def test_weights_of_another_network_are_refused(factor_vae, squares, coloured_squares, tmp_path):
    weights = factor_vae().fit(squares, 0, tmp_path)
    with pytest.raises(DataError, match="encoder"):
        factor_vae().load(coloured_squares, weights)


def shipped(name):
    with initialize_config_module("bench.conf", version_base="1.3"):
        return build(OmegaConf.to_container(compose("config", [f"model={name}", "metric=[]"]).model.generator, resolve=True))


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_the_shipped_configurations_fit_the_rendered_pictures(name):
    model = shipped(name)
    assert (model.gamma, model.network.latents) == (40, 10)
    assert (model.attention is not None) == name.startswith("ad_")
    assert model.network(DSprites(), 0)["encoder"][-1].out_features == 20


@pytest.mark.parametrize("size", ["", "_small"])
def test_the_two_families_differ_in_attention_alone(size):
    plain, attentive = vars(shipped(f"factor_vae{size}")), vars(shipped(f"ad_factor_vae{size}"))
    assert {name for name in plain if plain[name] != attentive[name]} == {"attention"}


def test_the_large_configuration_is_the_published_one():
    model = shipped("ad_factor_vae")
    assert model.network.channels == (32, 32, 64, 64)
    assert model.discriminator.hidden == (1000,) * 6
    assert (model.training.steps, model.training.batch, model.training.learning_rate) == (300_000, 64, 1e-4)
    assert (model.attention.weight, model.annealing.factor, model.training.cooldown) == (1, 1, 0)
