"""β-VAE (Higgins et al., ICLR 2017): a VAE whose divergence from the prior weighs β times as much as in the evidence bound."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from bench.component import component
from bench.interfaces import Dataset, Weights
from bench.models.annealing import Annealing
from bench.models.networks import Network
from bench.models.training import Training
from bench.models.vae import VAE, load

if TYPE_CHECKING:
    import torch


@component
class BetaVAE:
    """loss = −log p(x | z) + β a KL(q(z | x) ‖ p(z)), in nats per image, mean over the batch. β = 1 is the plain VAE.

    a is the factor of `annealing`, which ends at 1; the published method has none (factor 1).
    """

    version: ClassVar[int] = 1
    trained: ClassVar[bool] = True
    beta: Annotated[float, Field(ge=0)]
    annealing: Annealing
    network: Network
    training: Training
    batch_size: Annotated[int, Field(gt=0)]

    def fit(self, dataset: Dataset, seed: int, scratch: Path) -> Weights:
        """Train on the dataset's images. Raises what `ConvNetwork` and `Training` raise."""
        return self.training(self.network(dataset, seed), self.loss, dataset, seed, scratch)

    def load(self, dataset: Dataset, weights: Weights) -> VAE:
        """The model with these weights. Raises `DataError` when they do not fit."""
        return load(self.network, self.training, self.batch_size, dataset, weights)

    def loss(
        self, network: "torch.nn.Module", images: "torch.Tensor", generator: "torch.Generator", done: float
    ) -> Mapping[str, "torch.Tensor"]:
        """The loss of a batch and its two terms."""
        mean, log_variance = posterior(network, images)
        error = reconstruction_error(network, sample(mean, log_variance, generator), images)
        kl = divergence(mean, log_variance).sum(1).mean()
        return {"loss": error + self.beta * self.annealing(done) * kl, "reconstruction": error, "kl": kl}


def posterior(network: "torch.nn.Module", images: "torch.Tensor") -> "tuple[torch.Tensor, torch.Tensor]":
    """Mean and log-variance of q(z | x), each `n × latents`."""
    mean, log_variance = network.get_submodule("encoder")(images).float().chunk(2, dim=1)
    return mean, log_variance


def sample(mean: "torch.Tensor", log_variance: "torch.Tensor", generator: "torch.Generator") -> "torch.Tensor":
    """z = μ + σ ε with ε ~ N(0, I), drawn on the CPU."""
    import torch

    return mean + (log_variance / 2).exp() * torch.randn(mean.shape, generator=generator).to(mean.device)


def reconstruction_error(network: "torch.nn.Module", codes: "torch.Tensor", images: "torch.Tensor") -> "torch.Tensor":
    """−log p(x | z) for Bernoulli pixels: the cross-entropy, summed over pixels and channels, mean over the batch.

    Pixels between 0 and 1 count as probabilities; then the error's minimum is their entropy, not 0.
    """
    from torch.nn import functional

    logits = network.get_submodule("decoder")(codes).float()
    return functional.binary_cross_entropy_with_logits(logits, images, reduction="sum") / len(images)


def divergence(mean: "torch.Tensor", log_variance: "torch.Tensor") -> "torch.Tensor":
    """KL(N(μ, σ²) ‖ N(0, 1)) = ½ (μ² + σ² − log σ² − 1) of each image and latent, in nats."""
    return (mean.square() + log_variance.exp() - log_variance - 1) / 2
