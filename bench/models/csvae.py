"""CSVAE (Klys, Snell and Zemel, NeurIPS 2018): a VAE that keeps what labels say in a subspace w, and out of all other latents z."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
from pydantic import Field

from bench.component import component
from bench.interfaces import Dataset, Weights
from bench.models.annealing import Annealing
from bench.models.batches import Batches
from bench.models.beta_vae import divergence, reconstruction_error, sample
from bench.models.labels import Labels, chosen
from bench.models.subspace import SubspaceVAE, load
from bench.models.subspace_code import as_read, directions
from bench.models.subspace_network import SubspaceNetwork, gaussian
from bench.models.training import Training

if TYPE_CHECKING:
    import torch

Weight = Annotated[float, Field(ge=0)]


@component
class CSVAE:
    """loss = b1 · (−log p(x | z, w)) + f · (b2 · KL(q(w | x, y) ‖ p(w | y)) + b3 · KL(q(z | x) ‖ N(0, I))) − b4 · H(q(y | z)),
    in nats per image, mean over the batch; apart from it the predictor q(y | z) minimises −b5 · log q(y | z) for the z it is given.

    The labels y are factors of the dataset, named in `labels`. H is the entropy of the predictor's guess, summed over labels: the
    encoder learns to leave it in the dark. Both sides take one step at a time on the same batch, and Adam all but cancels the scale
    of b5. It sees the sample of z, as published, and the mean too, each latent standardised over the batch: a faint mean drowns in
    the noise of the sample, and is all that a user of the mean sees. A reader q(y | x) with nothing in common with the other parts
    stands in for the labels of images that come without. f is the factor of `annealing`, which ends at 1; the published method has
    neither. Directions of attributes come from `sample` images.
    """

    version: ClassVar[int] = 2
    trained: ClassVar[bool] = True
    labels: Annotated[tuple[str, ...], Field(min_length=1)]
    reconstruction_weight: Weight
    w_weight: Weight
    z_weight: Weight
    adversary_weight: Weight
    predictor_weight: Weight
    annealing: Annealing
    network: SubspaceNetwork
    training: Training
    sample: Annotated[int, Field(gt=1)]
    batch_size: Annotated[int, Field(gt=0)]

    def fit(self, dataset: Dataset, seed: int, scratch: Path) -> Weights:
        """Train on the dataset's images and labels. Raises what `chosen`, `SubspaceNetwork` and `Training` raise."""
        labels = chosen(dataset, self.labels)
        network = self.network(dataset, labels, seed)
        told = Told(labels, Batches(dataset, self.training.batch, seed), self.training.steps)

        def loss(
            network: "torch.nn.Module", images: "torch.Tensor", generator: "torch.Generator", done: float
        ) -> Mapping[str, "torch.Tensor"]:
            return self.loss(network, images, generator, done, labels, told(done))

        weights = self.training(network, loss, dataset, seed, scratch)
        found = directions(network, labels, dataset, self.sample, self.batch_size, self.training, seed)
        return {**weights, **found}

    def load(self, dataset: Dataset, weights: Weights) -> SubspaceVAE:
        """The model with these weights. Raises `DataError` when they do not fit."""
        return load(self.network, self.training, self.batch_size, dataset, chosen(dataset, self.labels), weights)

    def loss(
        self,
        network: "torch.nn.Module",
        images: "torch.Tensor",
        generator: "torch.Generator",
        done: float,
        labels: Labels,
        classes: np.ndarray,
    ) -> Mapping[str, "torch.Tensor"]:
        """The loss of a batch with these classes of its labels, and its terms before weighting."""
        import torch

        target, labelled = torch.from_numpy(classes).to(images.device), as_read(labels, classes).to(images.device)
        features = network.get_submodule("encoder")(images)
        about_z = gaussian(network.get_submodule("z"), features)
        about_w = gaussian(network.get_submodule("w"), torch.cat([features.float(), labelled], 1))
        z, w = sample(*about_z, generator), sample(*about_w, generator)
        error = reconstruction_error(network, torch.cat([z, w], 1), images)
        kl_z = divergence(*about_z).sum(1).mean()
        kl_w = apart(about_w, gaussian(network.get_submodule("prior"), labelled)).sum(1).mean()
        views = torch.cat([standardised(about_z[0]), standardised(z)], 1)
        secrecy = entropy(fixed(network.get_submodule("predictor"), views), labels.sizes)
        guess = surprise(network.get_submodule("predictor")(views.detach()), target, labels.sizes)
        reading = surprise(network.get_submodule("reader")(images), target, labels.sizes)
        prior = self.annealing(done) * (self.w_weight * kl_w + self.z_weight * kl_z)
        loss = self.reconstruction_weight * error + prior - self.adversary_weight * secrecy
        parts = {"reconstruction": error, "kl_z": kl_z, "kl_w": kl_w, "entropy": secrecy, "guess": guess, "reading": reading}
        return {"loss": loss + self.predictor_weight * guess + reading} | parts


@dataclass(frozen=True)
class Told:
    """The classes of the labels of the batch that a step sees; a step is known by the share of the training that is over."""

    labels: Labels
    batches: Batches
    steps: int

    def __call__(self, done: float) -> np.ndarray:
        return self.labels.classes(self.batches.dataset, self.batches.index(round(done * self.steps)))


def apart(one: "tuple[torch.Tensor, torch.Tensor]", other: "tuple[torch.Tensor, torch.Tensor]") -> "torch.Tensor":
    """KL(N(μ, σ²) ‖ N(m, s²)) = ½ ((μ − m)² / s² + σ² / s² − log(σ² / s²) − 1) of each image and latent, in nats."""
    (mean, log_variance), (middle, log_width) = one, other
    return divergence((mean - middle) * (-log_width / 2).exp(), log_variance - log_width)


def fixed(part: "torch.nn.Module", inputs: "torch.Tensor") -> "torch.Tensor":
    """What a part makes of the inputs, such that the inputs learn from it and the part does not."""
    from torch.func import functional_call

    held = {name: parameter.detach() for name, parameter in part.named_parameters()}
    found: torch.Tensor = functional_call(part, held, (inputs,))
    return found


def standardised(codes: "torch.Tensor") -> "torch.Tensor":
    """Each latent with mean 0 and standard deviation 1 over the batch; one that does not vary at all stays at 0."""
    centred = codes - codes.mean(0)
    return centred / centred.square().mean(0).clamp_min(1e-12).sqrt()


def entropy(logits: "torch.Tensor", sizes: tuple[int, ...]) -> "torch.Tensor":
    """The entropy of the guess, summed over labels, mean over the batch, in nats."""
    import torch

    guesses = [one.log_softmax(1) for one in torch.split(logits.float(), list(sizes), 1)]
    return -torch.stack([(guess.exp() * guess).sum(1).mean() for guess in guesses]).sum()


def surprise(logits: "torch.Tensor", classes: "torch.Tensor", sizes: tuple[int, ...]) -> "torch.Tensor":
    """−log q(y), summed over labels, mean over the batch, in nats."""
    import torch
    from torch.nn.functional import cross_entropy

    parts = zip(torch.split(logits.float(), list(sizes), 1), classes.T, strict=True)
    return torch.stack([cross_entropy(guess, column) for guess, column in parts]).sum()
