"""A trained conditional subspace VAE, ready to use. What its codes are: see `subspace_code.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32, Int, UInt8
from numpy import ndarray

from bench.artifacts import Unit
from bench.interfaces import Dataset, Weights
from bench.models.labels import Labels
from bench.models.subspace_code import as_read, decoded, drawn, encoded
from bench.models.subspace_network import SubspaceNetwork
from bench.models.training import Training
from bench.models.vae import VAE, Posterior, filled

if TYPE_CHECKING:
    import torch

DRAWN = 5  # first number of every seed of a draw from the prior


@dataclass(frozen=True)
class SubspaceVAE:
    """A generative model whose anchors are images, as those of `VAE`; labels are read off the images.

    Units are the latents of z, and for each attribute its direction in w. Names of units say nothing of attributes.
    """

    vae: VAE
    network: "torch.nn.ModuleDict"
    labels: Labels

    @property
    def latents(self) -> int:
        """Those of z, those of w, and one an attribute."""
        return self.vae.latents

    @property
    def directions(self) -> tuple[int, ...]:
        """The latents that move w along a direction."""
        return tuple(range(self.latents - len(self.labels.attributes), self.latents))

    @property
    def units(self) -> tuple[Unit, ...]:
        """z0, z1, ... and w0, w1, ..., the latter in the order of the labels' attributes."""
        plain = self.latents - sum(self.network.get_buffer("directions").shape)
        along = (Unit(f"w{i}", (latent,)) for i, latent in enumerate(self.directions))
        return (*(Unit(f"z{i}", (i,)) for i in range(plain)), *along)

    def codes(self, anchors: Int[ndarray, " n"]) -> Float32[ndarray, "n latents"]:
        """The encoder's mean for each anchor's image."""
        return self.vae.codes(anchors)

    def draws(self, anchors: Int[ndarray, " n"]) -> Float32[ndarray, "n latents"]:
        """Codes from the prior, one an anchor: z from N(0, I), w from p(w | y) for the labels y of the anchor's image."""
        import torch

        wide = self.latents - len(self.directions)
        noise = [np.random.default_rng([DRAWN, anchor]).standard_normal(wide, np.float32) for anchor in anchors.tolist()]
        told = as_read(self.labels, self.labels.classes(self.vae.dataset, anchors % len(self.vae.dataset))).numpy()

        def made(rows: ndarray) -> ndarray:
            parts = torch.split(torch.from_numpy(rows).to(self.vae.device), [told.shape[1], wide], 1)
            found: ndarray = drawn(self.network, *parts).cpu().numpy()
            return found

        return self.vae.batched(made, np.concatenate([told, np.array(noise, np.float32).reshape(-1, wide)], 1))

    def render(
        self, anchors: Int[ndarray, " n"], codes: Float32[ndarray, "n latents"]
    ) -> UInt8[ndarray, "n channels height width"]:
        """The mean image of each code."""
        return self.vae.render(anchors, codes)

    def encode(self, images: UInt8[ndarray, "n channels height width"]) -> Posterior:
        """Mean and log-variance of each image's code."""
        return self.vae.encode(images)


def load(
    network: SubspaceNetwork, training: Training, batch_size: int, dataset: Dataset, labels: Labels, weights: Weights
) -> SubspaceVAE:
    """The model with these weights. Raises what `filled` raises."""
    from torch import nn

    made = network(dataset, labels, 0)
    filled(made, weights, training.device)
    coders = {"encoder": _part(made, lambda net, images: encoded(net, labels, images)), "decoder": _part(made, decoded)}
    latents = network.z + network.w + len(labels.attributes)
    vae = VAE(nn.ModuleDict(coders), dataset, latents, training.device, training.threads, batch_size)
    return SubspaceVAE(vae, made, labels)


def _part(
    network: "torch.nn.ModuleDict", forward: "Callable[[torch.nn.ModuleDict, torch.Tensor], torch.Tensor]"
) -> "torch.nn.Module":
    from torch import nn

    class Part(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, inputs: "torch.Tensor") -> "torch.Tensor":
            return forward(self.network, inputs)

    return Part()
