"""A small dataset of bright squares, and VAEs small enough to train within a test."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from bench.artifacts import Factor
from bench.datasets.vocabulary import Vocabulary
from bench.models.annealing import Annealing
from bench.models.beta_tcvae import BetaTCVAE
from bench.models.beta_vae import BetaVAE
from bench.models.networks import ConvNetwork
from bench.models.training import Training
from tests.models.tiny_pipelines import ddpm_folder, diffusion_folder  # noqa: F401 (fixtures)


@dataclass(frozen=True)
class Squares:
    """A 4 × 4 square at each place of an 8 × 8 picture, in 25 places."""

    channels: int = 1
    factors: tuple[Factor, ...] = ()
    vocabulary: Vocabulary = field(default_factory=lambda: Vocabulary("a square", ()))
    fingerprint: str = "squares"

    def __len__(self):
        return 25

    def images(self, index):
        images = np.zeros((len(index), self.channels, 8, 8), np.uint8)
        for image, (top, left) in zip(images, np.stack(np.divmod(index, 5), axis=1), strict=True):
            image[:, top : top + 4, left : left + 4] = 255
        return images

    def classes(self, index):
        return np.zeros((len(index), 0), np.int64)

    def index(self, classes):
        raise AssertionError("nobody knows the factors")


@pytest.fixture
def squares():
    return Squares()


@pytest.fixture
def coloured_squares():
    return Squares(channels=3)


@pytest.fixture
def schedule():
    """Builds a `Training`; what is given replaces the small defaults."""

    def build(**changed):
        settings = {"steps": 12, "batch": 8, "learning_rate": 3e-3, "cooldown": 0.5, "precision": "float32", "save_every": 4}
        return Training(**{**settings, "threads": 1, "device": "cpu", **changed})

    return build


@pytest.fixture
def small_network():
    return ConvNetwork(latents=3, channels=(4, 8), encoder_hidden=(16,), decoder_hidden=(16, 12))


@pytest.fixture
def beta_vae(schedule, small_network):
    def build(beta=1.0, batch_size=16, **changed):
        return BetaVAE(
            beta=beta,
            annealing=Annealing(factor=3.0, share=0.5),
            network=small_network,
            training=schedule(**changed),
            batch_size=batch_size,
        )

    return build


@pytest.fixture
def beta_tcvae(schedule, small_network):
    def build(estimator="unscaled", **changed):
        weights = {"reconstruction_weight": 0.5, "kl_weight": 1.5, "tc_weight": 2.5}
        return BetaTCVAE(
            **weights,
            estimator=estimator,
            annealing=Annealing(factor=3.0, share=0.5),
            network=small_network,
            training=schedule(**changed),
            batch_size=16,
        )

    return build


@pytest.fixture(scope="session")
def small_denoiser():
    """A U-Net of random weights on pictures of 8 × 8, whose middle block attends."""
    from bench.models.ddim import Grid
    from bench.models.ddpm import DDPM
    from bench.models.schedule import Schedule
    from bench.models.unet import UNet

    training = Training(
        steps=1, batch=8, learning_rate=1e-3, cooldown=0.5, precision="float32", save_every=1, threads=1, device="cpu"
    )
    generator = DDPM(
        schedule=Schedule(steps=1000, first=1e-4, last=0.02),
        network=UNet(patch=1, channels=(8, 16), layers=1, groups=4, attention=True),
        decay=0.5,
        training=training,
        grid=Grid(steps=4, last=0.0, refinements=0),
        batch_size=8,
    )
    network = generator.network(Squares(), 3)
    return generator.load(Squares(), {name: value.numpy() for name, value in network.state_dict().items()})
