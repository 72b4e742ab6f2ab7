import math
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
import torch
from hydra import compose, initialize_config_module
from labelled import LabelledSquares
from omegaconf import OmegaConf

from bench.build import build
from bench.datasets.dsprites import DSprites
from bench.errors import ConfigError, DataError
from bench.interfaces import GenerativeModel, Generator
from bench.models.annealing import Annealing
from bench.models.batches import Batches
from bench.models.beta_vae import divergence
from bench.models.csvae import CSVAE, Told, apart, entropy, fixed, surprise
from bench.models.labels import chosen
from bench.models.subspace_code import as_read, decoded, split
from bench.models.subspace_network import SubspaceNetwork, gaussian
from bench.models.training import Training
from bench.truth.encoded import Autoencoder

DATA = LabelledSquares()
LABELS = chosen(DATA, ("filling", "grey"))
EVERY = np.arange(54)
PLAIN = {"reader": (8, 16), "pooled": False, "divided": False}
NETWORK = SubspaceNetwork(z=3, w=2, encoder=(8, 16), decoder=(16, 8), features=32, head=16, guess=32, **PLAIN)


def noise(seed=0):
    return torch.Generator().manual_seed(seed)


def csvae(adversary=5.0, steps=450, labels=("filling", "grey"), network=NETWORK, sample=1000):
    settings = {"batch": 54, "learning_rate": 3e-3, "cooldown": 0.3, "precision": "float32", "save_every": 200}
    return CSVAE(
        labels=labels,
        reconstruction_weight=1.0,
        w_weight=4.0,
        z_weight=0.1,
        adversary_weight=adversary,
        predictor_weight=1.0,
        annealing=Annealing(factor=1.0, share=1.0),
        network=network,
        training=Training(steps=steps, threads=1, device="cpu", **settings),
        sample=sample,
        batch_size=64,
    )


def fitted(folder, adversary):
    model = csvae(adversary)
    weights = model.fit(DATA, 0, folder)
    return weights, model.load(DATA, weights)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Weights and model with the adversary."""
    return fitted(tmp_path_factory.mktemp("csvae"), 5.0)


@pytest.fixture(scope="module")
def without_adversary(tmp_path_factory):
    """Weights and model without it: the first defect put back."""
    return fitted(tmp_path_factory.mktemp("csvae"), 0.0)


@pytest.fixture
def fresh():
    return NETWORK(DATA, LABELS, 0)


def in_z(model):
    """Accuracy of each label by logistic regression on the latents of z and their products, on the pictures it was fitted to."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    z, classes = model.encode(DATA.images(EVERY)).mean[:, :3], LABELS.classes(DATA, EVERY)
    probe = make_pipeline(StandardScaler(), PolynomialFeatures(2), LogisticRegression(max_iter=2000))
    return np.array([probe.fit(z, column).score(z, column) for column in classes.T])


def in_w(model, weights):
    """How often the picture with the nearest w has the same label."""
    codes, classes = model.encode(DATA.images(EVERY)).mean, LABELS.classes(DATA, EVERY)
    w = codes[:, 3:5] + codes[:, 5:] @ weights["directions"]
    distances = np.linalg.norm((w[:, None] - w[None]) / w.std(0), axis=2) + np.diag(np.full(len(w), np.inf))
    return (classes[distances.argmin(1)] == classes).mean(0)


def test_it_is_a_generator_of_a_model_that_encodes(trained):
    assert isinstance(csvae(), Generator)
    assert isinstance(trained[1], GenerativeModel)
    assert isinstance(trained[1], Autoencoder)


def test_labels_are_in_w_and_not_in_z(trained):
    weights, model = trained
    assert (in_w(model, weights) > 0.95).all()
    assert (in_z(model) < 0.7).all()


def test_without_the_adversary_z_carries_a_label(trained, without_adversary):
    assert in_z(without_adversary[1]).max() > in_z(trained[1]).max() + 0.2


@pytest.mark.parametrize("part", ["z", "w", "prior"])
def test_mean_and_log_variance_have_heads_of_their_own(fresh, part):
    inputs = torch.randn(7, fresh[part]["body"][0].in_features, generator=noise())
    mean, log_variance = gaussian(fresh[part], inputs)
    assert not torch.isclose(mean, log_variance).any()
    mean.sum().backward()
    assert fresh[part]["log_variance"].weight.grad is None
    assert fresh[part]["mean"].weight.grad.abs().sum() > 0


def test_trained_log_variances_are_not_the_means(trained):
    mean, log_variance = trained[1].encode(DATA.images(EVERY))
    assert np.abs(np.corrcoef(mean[:, :3].ravel(), log_variance[:, :3].ravel())[0, 1]) < 0.9


def test_the_distance_of_two_gaussians_is_that_of_torch():
    one, other = ((torch.randn(5, 3, generator=noise(i)), torch.randn(5, 3, generator=noise(i + 9))) for i in range(2))
    normals = [torch.distributions.Normal(mean, (log_variance / 2).exp()) for mean, log_variance in (one, other)]
    torch.testing.assert_close(apart(one, other), torch.distributions.kl_divergence(*normals))


def test_the_distance_from_the_standard_normal_is_the_usual_divergence():
    one = (torch.randn(4, 2, generator=noise(1)), torch.randn(4, 2, generator=noise(2)))
    torch.testing.assert_close(apart(one, (torch.zeros(4, 2), torch.zeros(4, 2))), divergence(*one))


def test_entropy_and_surprise_are_those_of_torch_summed_over_labels():
    logits, classes = torch.randn(6, 5, generator=noise()), torch.tensor([[0, 2], [1, 1], [0, 0], [1, 2], [0, 1], [1, 0]])
    guesses = [torch.distributions.Categorical(logits=part) for part in logits.split((2, 3), 1)]
    torch.testing.assert_close(entropy(logits, (2, 3)), sum(guess.entropy().mean() for guess in guesses))
    expected = -sum(guess.log_prob(column).mean() for guess, column in zip(guesses, classes.T, strict=True))
    torch.testing.assert_close(surprise(logits, classes, (2, 3)), expected)


def test_an_even_guess_has_the_largest_entropy():
    assert entropy(torch.zeros(3, 5), (2, 3)).item() == pytest.approx(math.log(6))


def test_what_is_fixed_teaches_its_inputs_alone():
    part, inputs = torch.nn.Linear(3, 2), torch.ones(1, 3, requires_grad=True)
    fixed(part, inputs).sum().backward()
    assert part.weight.grad is None
    torch.testing.assert_close(inputs.grad, part.weight.detach().sum(0, keepdim=True))


def losses_of(network, adversary=7.0):
    images = torch.from_numpy(DATA.images(EVERY)).float() / 255
    model = csvae(adversary)
    return model.loss(network, images, noise(), 1.0, LABELS, LABELS.classes(DATA, EVERY))


def test_the_loss_is_the_weighted_sum_of_its_terms(fresh):
    found = {name: value.item() for name, value in losses_of(fresh).items()}
    expected = found["reconstruction"] + 4 * found["kl_w"] + 0.1 * found["kl_z"] - 7 * found["entropy"]
    assert found["loss"] == pytest.approx(expected + found["guess"] + found["reading"], rel=1e-5)


def gradients(network, name):
    network.zero_grad()
    losses_of(network)[name].backward()
    return {part: sum(p.grad.abs().sum().item() for p in network[part].parameters() if p.grad is not None) for part in network}


def test_the_encoder_pays_for_a_sure_predictor_and_the_predictor_does_not(fresh):
    found = gradients(fresh, "entropy")
    assert found["z"] > 0
    assert found["encoder"] > 0
    assert found["predictor"] == found["w"] == found["decoder"] == 0


@pytest.mark.parametrize(("name", "parts"), [("guess", {"predictor"}), ("reading", {"reader"})])
def test_who_guesses_labels_teaches_neither_code(fresh, name, parts):
    assert {known for known, size in gradients(fresh, name).items() if size > 0} == parts


def test_a_step_is_told_the_labels_of_its_images():
    seen = []

    class Watched(LabelledSquares):
        def images(self, index):
            seen.append(index)
            return super().images(index)

    batches = Batches(Watched(), 10, 3)
    for step in (0, 7, 299):
        batches(step)
        found = Told(LABELS, Batches(DATA, 10, 3), 300)(step / 300)
        assert np.array_equal(found, LABELS.classes(DATA, seen[-1]))


class Killed(Exception):
    pass


def test_a_run_that_was_killed_ends_as_one_that_was_not(tmp_path, monkeypatch):
    short = csvae(steps=6).__class__
    model = csvae(steps=6)
    object.__setattr__(model.training, "save_every", 2)
    whole = model.fit(DATA, 1, tmp_path)
    (tmp_path / "again").mkdir()
    true = short.loss

    def stopping(self, network, images, generator, done, *rest):
        if done > 0.6:
            raise Killed
        return true(self, network, images, generator, done, *rest)

    with monkeypatch.context() as patch, suppress(Killed):
        patch.setattr(short, "loss", stopping)
        model.fit(DATA, 1, tmp_path / "again")
    continued = model.fit(DATA, 1, tmp_path / "again")
    assert all(np.array_equal(whole[name], continued[name]) for name in whole)


def test_units_are_the_latents_of_z_and_the_directions(trained):
    assert [(unit.name, unit.latents) for unit in trained[1].units] == [
        *((f"z{i}", (i,)) for i in range(3)),
        ("w0", (5,)),
        ("w1", (6,)),
    ]
    assert trained[1].directions == (5, 6)


def test_names_of_units_say_nothing_of_attributes(trained):
    words = {factor.name for factor in LABELS.factors} | {str(value) for factor in LABELS.factors for value in factor.values}
    assert not any(word in unit.name for unit in trained[1].units for word in words)


def test_directions_go_from_the_mean_without_to_the_mean_with(trained):
    weights, model = trained
    read = as_read(LABELS, LABELS.classes(DATA, EVERY))
    with torch.no_grad():
        features = model.network["encoder"](torch.from_numpy(DATA.images(EVERY)).float() / 255)
        w = gaussian(model.network["w"], torch.cat([features, read], 1))[0].numpy()
    upper = LABELS.classes(DATA, EVERY)[:, 1] == 2
    np.testing.assert_allclose(weights["origins"][1], w[~upper].mean(0), atol=1e-5)
    np.testing.assert_allclose(weights["directions"][1], w[upper].mean(0) - w[~upper].mean(0), atol=1e-5)


def test_numbers_are_0_at_the_mean_without_and_1_at_the_mean_with(trained):
    network = trained[1].network
    for number in range(2):
        for share in (0.0, 1.0, 4.0):
            at = network.origins[number] + share * network.directions[number]
            assert split(network, at[None])[0, 2 + number].item() == pytest.approx(share, abs=1e-4)


def test_a_number_moves_w_along_its_direction_alone(trained):
    network = trained[1].network
    codes = torch.randn(1, 7, generator=noise())
    moved = codes.clone()
    moved[0, 6] += 2
    w = codes[:, 3:5] + codes[:, 5:] @ network.directions + 2 * network.directions[1]
    torch.testing.assert_close(decoded(network, moved), network["decoder"](torch.cat([codes[:, :3], w], 1)))


def test_a_code_taken_apart_is_the_same_w(trained):
    network, w = trained[1].network, torch.randn(5, 2, generator=noise())
    parts = split(network, w)
    torch.testing.assert_close(parts[:, :2] + parts[:, 2:] @ network.directions, w, atol=1e-5, rtol=1e-5)


def test_pictures_are_rebuilt_from_their_codes(trained):
    images = DATA.images(EVERY)
    rebuilt = trained[1].render(EVERY, trained[1].codes(EVERY))
    assert np.abs(rebuilt.astype(int) - images).mean() < 0.35 * images.std()


def test_variances_of_numbers_are_those_of_samples(trained):
    model = trained[1]
    image = DATA.images(np.array([20]))
    read_off = model.encode(image)
    network = model.network
    with torch.no_grad():
        features = network["encoder"](torch.from_numpy(image).float() / 255)
        guesses = network["reader"](torch.from_numpy(image).float() / 255).split(LABELS.sizes, 1)
        read = as_read(LABELS, torch.stack([guess.argmax(1) for guess in guesses], 1).numpy())
        mean, log_variance = gaussian(network["w"], torch.cat([features, read], 1))
        drawn = mean + (log_variance / 2).exp() * torch.randn(100_000, 2, generator=noise())
        parts = split(network, drawn).numpy()
    np.testing.assert_allclose(parts.mean(0), read_off.mean[0, 3:], atol=0.02 * parts.std(0).max() + 1e-3)
    np.testing.assert_allclose(parts.var(0), np.exp(read_off.log_variance[0, 3:]), rtol=0.05, atol=1e-9)


def test_draws_depend_on_their_anchor_alone_and_follow_the_prior(trained):
    model = trained[1]
    many = model.draws(np.arange(2000))
    assert np.allclose(many[[7, 1999]], model.draws(np.array([7, 1999])), atol=1e-5)
    assert abs(many[:, :3].std() - 1) < 0.05
    assert model.draws(np.zeros(0, np.int64)).shape == (0, 7)


def test_an_attribute_that_all_images_have_is_an_error(tmp_path):
    with pytest.raises(DataError, match=r"expected images with and without it, got 0 of 2"):
        csvae(steps=1, sample=2).fit(LabelledSquares(), 8, tmp_path)


def test_labels_that_the_dataset_lacks_are_an_error(tmp_path):
    with pytest.raises(ConfigError, match="filling, grey, place"):
        csvae(labels=("colour",)).fit(DATA, 0, tmp_path)


@pytest.mark.parametrize("field", ["encoder", "decoder", "reader"])
def test_images_that_cannot_be_halved_are_refused(field):
    widths = {"encoder": (2, 2), "decoder": (2, 2), **PLAIN} | {field: (2, 2, 2, 2)}
    with pytest.raises(ConfigError, match=field):
        SubspaceNetwork(z=1, w=1, features=2, head=2, guess=2, **widths)(DATA, LABELS, 0)


def test_the_prior_of_a_divided_w_sees_each_label_in_latents_of_its_own():
    network = replace(NETWORK, w=5, divided=True)(DATA, LABELS, 0)
    told = as_read(LABELS, np.array([[0, 0], [0, 2], [1, 0]]))
    for part in gaussian(network["prior"], told):
        other_grey, other_filling = (part[1] - part[0]).abs(), (part[2] - part[0]).abs()
        assert (other_grey > 0).tolist() == [False, False, False, True, True]
        assert (other_filling > 0).tolist() == [True, True, True, False, False]


def test_a_w_that_cannot_be_divided_among_its_labels_is_refused():
    with pytest.raises(ConfigError, match="for each of 2 labels"):
        replace(NETWORK, w=1, divided=True)(DATA, LABELS, 0)


def test_directions_of_a_divided_w_are_at_right_angles_where_labels_differ(tmp_path):
    found = csvae(steps=300, network=replace(NETWORK, w=4, divided=True)).fit(DATA, 0, tmp_path)["directions"]
    unit = found / np.linalg.norm(found, axis=1, keepdims=True)
    label = np.array([attribute.label for attribute in LABELS.attributes])
    apart = np.abs(unit @ unit.T)[label[:, None] != label]
    assert apart.max() < 0.3


def test_a_pooled_reader_reads_the_same_wherever_the_object_is():
    reader = replace(NETWORK, pooled=True)(DATA, LABELS, 0)["reader"]
    images = torch.zeros(3, 1, 16, 16)
    images[0, 0, 4:8, 4:8], images[1, 0, 8:12, 4:8], images[2, 0, 4:12, 4:8] = 1.0, 1.0, 1.0
    here, there, taller = reader(images)
    torch.testing.assert_close(here, there, atol=1e-5, rtol=1e-5)
    assert (here - taller).abs().max() > 1e-3


def test_a_fresh_posterior_is_nearly_the_prior(fresh):
    images = torch.from_numpy(DATA.images(EVERY)).float() / 255
    mean, log_variance = gaussian(fresh["z"], fresh["encoder"](images))
    assert max(mean.abs().max(), log_variance.abs().max()) < 0.1


@pytest.mark.parametrize(("name", "z"), [("csvae", 10), ("csvae_small", 8)])
def test_the_shipped_configurations_fit_the_rendered_pictures(name, z):
    with initialize_config_module("bench.conf", version_base="1.3"):
        node = OmegaConf.to_container(compose("config", [f"model={name}", "metric=[]"]).model.generator, resolve=True)
    model = build(node)
    network = model.network(DSprites(), chosen(DSprites(), model.labels), 0)
    assert network["z"]["mean"].out_features == z
