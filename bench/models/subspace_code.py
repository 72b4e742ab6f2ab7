"""Codes of a conditional subspace VAE, and the directions of attributes in its subspace w.

A code is z, then what of w lies beside all attributes, then one number an attribute: 0 for the mean w of images without it, 1 for
the mean w of images with it. w is put together again by adding number times direction for each attribute, so that one number moves
w along one direction, and a code that was read from an image gives that image's w.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy import ndarray

from bench.errors import DataError
from bench.hardware import torch_threads
from bench.interfaces import Dataset, Weights
from bench.models.labels import Labels
from bench.models.subspace_network import gaussian
from bench.models.training import Training

if TYPE_CHECKING:
    import torch

SAMPLE = 4  # first number of the seed of the images that directions come from
LEAST = 1e-12  # of squared lengths and variances that are divided by or whose logarithm is taken


def encoded(network: "torch.nn.ModuleDict", labels: Labels, images: "torch.Tensor") -> "torch.Tensor":
    """Mean beside log-variance of the codes of images whose labels nobody gave."""
    import torch

    features = network["encoder"](images)
    guesses = torch.split(network["reader"](images), list(labels.sizes), 1)
    read = as_read(labels, torch.stack([guess.argmax(1) for guess in guesses], 1).cpu().numpy()).to(images.device)
    z, z_log_variance = gaussian(network["z"], features)
    w, w_log_variance = gaussian(network["w"], torch.cat([features, read], 1))
    readings = _readings(network)
    rest = torch.eye(w.shape[1], device=w.device) - readings.T @ network.get_buffer("directions")
    variances = w_log_variance.exp() @ torch.cat([rest, readings.T], 1).square()
    return torch.cat([z, split(network, w), z_log_variance, variances.clamp_min(LEAST).log()], 1)


def split(network: "torch.nn.ModuleDict", w: "torch.Tensor") -> "torch.Tensor":
    """What of w lies beside all attributes, then the number of each attribute."""
    import torch

    readings = _readings(network)
    numbers = w @ readings.T - (network.get_buffer("origins") * readings).sum(1)
    return torch.cat([w - numbers @ network.get_buffer("directions"), numbers], 1)


def drawn(network: "torch.nn.ModuleDict", told: "torch.Tensor", noise: "torch.Tensor") -> "torch.Tensor":
    """Codes from standard normal noise: z as it is, w from p(w | y)."""
    import torch

    mean, log_variance = gaussian(network["prior"], told)
    z, ours = torch.split(noise, [noise.shape[1] - mean.shape[1], mean.shape[1]], 1)
    return torch.cat([z, split(network, mean + (log_variance / 2).exp() * ours)], 1)


def decoded(network: "torch.nn.ModuleDict", codes: "torch.Tensor") -> "torch.Tensor":
    """Logits of the pixels of codes."""
    import torch

    along = network.get_buffer("directions")
    count, width = along.shape
    z, beside, numbers = torch.split(codes, [codes.shape[1] - count - width, width, count], 1)
    found: torch.Tensor = network["decoder"](torch.cat([z, beside + numbers @ along], 1))
    return found


def directions(
    network: "torch.nn.ModuleDict", labels: Labels, dataset: Dataset, sample: int, batch: int, training: Training, seed: int
) -> Weights:
    """Mean w of images with an attribute minus that of images without, and the latter, one row an attribute, from known labels."""
    drawn = np.random.default_rng([SAMPLE, seed]).choice(len(dataset), min(sample, len(dataset)), replace=False)
    classes = labels.classes(dataset, drawn)
    with torch_threads(training.threads):
        w = np.concatenate(
            [_w(network, labels, dataset, drawn[i : i + batch], training.device) for i in range(0, len(drawn), batch)]
        )
    ends = []
    for attribute in labels.attributes:
        holds = attribute.holds[classes[:, attribute.label]]
        if holds.all() or not holds.any():
            raise DataError(f"{attribute.name}: expected images with and without it, got {holds.sum()} of {len(holds)} with it")
        ends.append((w[holds].mean(0), w[~holds].mean(0)))
    present, absent = (np.stack(side) for side in zip(*ends, strict=True))
    return {"directions": present - absent, "origins": absent}


def as_read(labels: Labels, classes: ndarray) -> "torch.Tensor":
    """What a network reads for these classes: the entries of the tables, side by side."""
    import torch

    return torch.from_numpy(np.concatenate([table[column] for table, column in zip(labels.tables, classes.T, strict=True)], 1))


def _w(network: "torch.nn.ModuleDict", labels: Labels, dataset: Dataset, index: ndarray, device: str) -> ndarray:
    import torch

    with torch.inference_mode():
        features = network["encoder"](torch.from_numpy(dataset.images(index)).to(device).float().div_(255))
        read = as_read(labels, labels.classes(dataset, index)).to(device)
        mean: ndarray = gaussian(network["w"], torch.cat([features, read], 1))[0].cpu().numpy()
    return mean


def _readings(network: "torch.nn.ModuleDict") -> "torch.Tensor":
    """What reads the numbers of attributes off w: each direction over its squared length."""
    along = network.get_buffer("directions")
    return along / along.square().sum(1, keepdim=True).clamp_min(LEAST)
