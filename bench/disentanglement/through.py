"""What is seen through an encoder beside its codes: how well pictures are rebuilt, and if latents look at the same places."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from bench.attention.gradients import latent_maps
from bench.attention.opened import Opened
from bench.attention.overlap import overlap
from bench.hardware import torch_threads
from bench.interfaces import Dataset

if TYPE_CHECKING:
    import torch

ACTIVE = 0.01  # nats from which a latent says something, mean over pictures
NOISE = 41  # second number of the seed of the codes that are drawn


class Through(NamedTuple):
    """`reconstruction` in nats a picture, `attention_overlap` from 0 to 1; `None` where there is nothing to measure."""

    reconstruction: float | None
    attention_overlap: float | None


def through(opened: Opened, dataset: Dataset, index: Int[ndarray, " n"], seed: int) -> Through:
    """Both over the pictures of `index`; `opened` says at which layer attention is looked at.

    The reconstruction is the cross-entropy of the pixels of a picture, for one code drawn from its posterior; `None` without a
    decoder that is a network. The overlap is that of `overlap`, mean over all pairs of active latents: 1 for latents with equal
    maps; `None` for fewer than two active ones.
    """
    import torch

    rng = np.random.default_rng([seed, NOISE])
    errors, shared, nats = [], [], []
    with torch_threads(opened.threads):
        for start in range(0, len(index), opened.batch_size):
            images = dataset.images(index[start : start + opened.batch_size])
            pixels = torch.from_numpy(images).to(opened.device).float().div_(255)
            seen = opened.see(pixels)
            maps = latent_maps(seen.mean, seen.activations).detach()
            errors.append(_error(opened, pixels, seen.mean, seen.log_variance, rng))
            shared.append(overlap(maps[:, :, None], maps[:, None]).cpu().numpy() * len(images))
            nats.append(_divergence(seen.mean, seen.log_variance))
    rebuilt = None if opened.decode is None else float(np.concatenate(errors).mean())
    return Through(rebuilt, _pairs(np.sum(shared, axis=0) / len(index), np.concatenate(nats).mean(0) > ACTIVE))


def _error(
    opened: Opened, pixels: "torch.Tensor", mean: "torch.Tensor", log_variance: "torch.Tensor", rng: np.random.Generator
) -> ndarray:
    """Nats of each picture."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    if opened.decode is None:
        return np.zeros(0)
    with torch.no_grad():
        noise = torch.from_numpy(rng.standard_normal(tuple(mean.shape), np.float32)).to(mean.device)
        logits = opened.decode(mean + (log_variance / 2).exp() * noise)
        nats = binary_cross_entropy_with_logits(logits, pixels, reduction="none").sum((1, 2, 3))
    return np.asarray(nats.double().cpu().numpy())


def _divergence(mean: "torch.Tensor", log_variance: "torch.Tensor") -> ndarray:
    nats = (mean.square() + log_variance.exp() - log_variance - 1) / 2
    return np.asarray(nats.detach().double().cpu().numpy())


def _pairs(shared: ndarray, active: ndarray) -> float | None:
    one, other = np.triu_indices(len(active), 1)
    both = active[one] & active[other]
    return float(shared[one, other][both].mean()) if both.any() else None
