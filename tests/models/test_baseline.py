import numpy as np
import pytest
from hydra import compose, initialize_config_module
from omegaconf import OmegaConf
from safetensors.numpy import save_file

from bench.build import build
from bench.datasets.dsprites import DSprites
from bench.errors import DataError
from bench.interfaces import GenerativeModel, Generator
from bench.models import baseline
from bench.models.baseline import Baseline
from bench.models.beta_vae import divergence
from bench.shipped import shipped

FROZEN = sorted(path.parent.name for path in shipped("baselines").glob("*_small_s*/config.yaml"))
SHIPPED = ["dsprites_beta_vae_s0", "dsprites_beta_tcvae_s0"]


def configuration(name):
    with initialize_config_module("bench.conf", version_base="1.3"):
        return compose("config", [f"model={name}", "metric=[]"]).model.generator


@pytest.fixture
def frozen(beta_vae, squares, tmp_path, monkeypatch):
    """A baseline in a folder of its own, and the weights that were put there."""
    import hashlib

    weights = beta_vae().fit(squares, 0, tmp_path)
    save_file(dict(weights), tmp_path / "model.safetensors")
    monkeypatch.setattr(baseline, "shipped", lambda folder, name, file: tmp_path / file)
    digest = hashlib.sha256((tmp_path / "model.safetensors").read_bytes()).hexdigest()
    return Baseline(name="squares", sha256=digest, generator=beta_vae()), weights


def test_fitting_gives_the_shipped_weights_whatever_the_seed(frozen, squares, tmp_path):
    model, weights = frozen
    found = model.fit(squares, 7, tmp_path)
    assert found.keys() == weights.keys()
    assert all(np.array_equal(found[name], weights[name]) for name in weights)


def test_other_weights_under_the_same_name_are_refused(frozen, squares, tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    with pytest.raises(DataError, match="SHA-256"):
        frozen[0].fit(squares, 0, tmp_path)


def test_a_missing_folder_is_named(beta_vae, squares, tmp_path):
    with pytest.raises(DataError, match="no_such_weights"):
        Baseline(name="no_such_weights", sha256="0" * 64, generator=beta_vae()).fit(squares, 0, tmp_path)


@pytest.mark.parametrize("name", ["../secret", "a/b", ""])
def test_a_name_cannot_leave_the_folder(beta_vae, name):
    with pytest.raises(ValueError, match="name"):
        Baseline(name=name, sha256="0" * 64, generator=beta_vae())


def test_loading_uses_the_weights_it_is_given_and_the_shipped_ones_otherwise(frozen, squares):
    model, weights = frozen
    zero = {name: np.zeros_like(value) for name, value in weights.items()}
    assert not model.load(squares, zero).codes(np.arange(3)).any()
    assert model.load(squares, {}).codes(np.arange(3)).all()


def test_weights_that_do_not_fit_the_dataset_are_refused(frozen, coloured_squares):
    with pytest.raises(DataError, match=r"encoder\.0\.weight has shape"):
        frozen[0].load(coloured_squares, {})


def test_it_is_a_generator_that_needs_no_training(frozen):
    assert isinstance(frozen[0], Generator)
    assert not Baseline.trained


@pytest.mark.parametrize("name", SHIPPED)
def test_the_card_and_the_configuration_lie_beside_the_weights(name):
    assert OmegaConf.load(shipped("baselines", name, "config.yaml")) == configuration(name).generator
    assert "latentbench until=fit" in shipped("baselines", name, "card.md").read_text()
    assert shipped("baselines", name, "model.safetensors").stat().st_size < 4 * 2**20


@pytest.mark.parametrize("name", FROZEN)
def test_a_frozen_model_has_its_weights_its_configuration_and_its_card(name, tmp_path):
    node = configuration(name)
    assert OmegaConf.load(shipped("baselines", name, "config.yaml")) == node.generator
    assert "latentbench freeze" in shipped("baselines", name, "card.md").read_text()
    assert shipped("baselines", name, "model.safetensors").stat().st_size < 2**20
    assert build(OmegaConf.to_container(node, resolve=True)).fit(DSprites(), 0, tmp_path)  # raises for weights of another hash


def test_two_families_of_five_seeds_are_frozen():
    assert len(FROZEN) >= 10


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_weights_rebuild_pictures_and_use_some_latents(name, tmp_path):
    dataset = DSprites()
    generator = build(OmegaConf.to_container(configuration(name), resolve=True))
    model = generator.load(dataset, generator.fit(dataset, 0, tmp_path))
    assert isinstance(model, GenerativeModel)
    index = np.random.default_rng(0).integers(0, len(dataset), 128)
    images = dataset.images(index) > 127
    made = model.render(index, model.codes(index)) > 127
    overlap = (images & made).sum((1, 2, 3)) / (images | made).sum((1, 2, 3))
    assert overlap.mean() > 0.7
    import torch

    nats = divergence(*(torch.from_numpy(part) for part in model.encode(dataset.images(index)))).mean(0)
    assert (nats > 0.5).sum() >= 3
