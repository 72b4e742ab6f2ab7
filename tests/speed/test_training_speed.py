import time

import numpy as np
import pytest
import torch

from bench.datasets.dsprites import DSprites
from bench.models.annealing import Annealing
from bench.models.beta_vae import BetaVAE
from bench.models.networks import ConvNetwork
from bench.models.training import Training

STEPS, BATCH, ROUNDS = 40, 64, 9


@pytest.fixture
def model():
    network = ConvNetwork(latents=10, channels=(32, 32, 64, 64), encoder_hidden=(256,), decoder_hidden=(256,))
    settings = {"learning_rate": 1e-3, "cooldown": 0.25, "precision": "float32", "save_every": STEPS, "threads": 1, "device": "cpu"}
    training = Training(steps=STEPS, batch=BATCH, **settings)
    annealing = Annealing(factor=40.0, share=0.4)
    return BetaVAE(beta=4.0, annealing=annealing, network=network, training=training, batch_size=BATCH)


def bare_loop(model, images):
    """What one writes by hand: pictures in memory, the same loss and optimizer, nothing saved, nothing looked at."""
    network = model.network(DSprites(), 0).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)
    generator = torch.Generator().manual_seed(0)
    for batch in images:
        optimizer.zero_grad()
        pixels = (torch.from_numpy(batch).float() / 255).to(memory_format=torch.channels_last)
        model.loss(network, pixels, generator, 0.0)["loss"].backward()
        optimizer.step()


def seconds(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


@pytest.mark.speed
def test_the_loop_against_a_bare_one(model, benchmark, figure, tmp_path):
    """The loop draws its pictures and saves a checkpoint; the bare one does neither. Rounds of both take turns."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    dataset, bare, own = DSprites(), [], []
    images = [dataset.images(np.random.default_rng(step).integers(0, len(dataset), BATCH)) for step in range(STEPS)]

    def round_of_both():
        bare.append(seconds(bare_loop, model, images))
        scratch = tmp_path / str(len(own))
        scratch.mkdir()
        own.append(seconds(model.fit, dataset, 0, scratch))

    benchmark.pedantic(round_of_both, rounds=ROUNDS, warmup_rounds=1)
    torch.set_num_threads(before)
    ratio = float(np.median(np.array(own[1:]) / np.array(bare[1:])))
    figure(f"training loop / bare PyTorch loop: {ratio:.3f} (aim: at most 1.05)")
