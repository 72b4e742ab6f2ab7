"""β-TCVAE (Chen et al., NeurIPS 2018): a VAE that pays extra for statistical dependence between its latents."""

from collections.abc import Mapping
from functools import partial
from math import log, pi
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from bench.component import component
from bench.interfaces import Dataset, Weights
from bench.models.annealing import Annealing
from bench.models.beta_vae import divergence, posterior, reconstruction_error, sample
from bench.models.networks import ConvNetwork
from bench.models.training import Training
from bench.models.vae import VAE, load

if TYPE_CHECKING:
    import torch

Weight = Annotated[float, Field(ge=0)]


@component
class BetaTCVAE:
    """loss = a · (−log p(x | z)) + f · (b · KL + c · TC), in nats per image, mean over the batch.

    KL = KL(q(z | x) ‖ p(z)) is analytic. It splits into index-code mutual information + TC + dimension-wise KL, so that it already
    holds one TC: with a = b = 1 this is β-TCVAE with α = γ = 1 and β = 1 + c. TC is estimated by `total_correlation`: "weighted"
    has the constant of minibatch-weighted sampling, "unscaled" leaves it out. It moves the reported loss, never a gradient.
    f is the factor of `annealing`, which ends at 1; the published method has none (factor 1).
    """

    version: ClassVar[int] = 1
    trained: ClassVar[bool] = True
    reconstruction_weight: Weight
    kl_weight: Weight
    tc_weight: Weight
    estimator: Literal["unscaled", "weighted"]
    annealing: Annealing
    network: ConvNetwork
    training: Training
    batch_size: Annotated[int, Field(gt=0)]

    def fit(self, dataset: Dataset, seed: int, scratch: Path) -> Weights:
        """Train on the dataset's images. Raises what `ConvNetwork` and `Training` raise."""
        loss = partial(self.loss, count=len(dataset))
        return self.training(self.network(dataset, seed), loss, dataset, seed, scratch)

    def load(self, dataset: Dataset, weights: Weights) -> VAE:
        """The model with these weights. Raises `DataError` when they do not fit."""
        return load(self.network, self.training, self.batch_size, dataset, weights)

    def loss(
        self, network: "torch.nn.Module", images: "torch.Tensor", generator: "torch.Generator", done: float, count: int
    ) -> Mapping[str, "torch.Tensor"]:
        """The loss of a batch from a dataset of `count` images, and its three terms before weighting."""
        mean, log_variance = posterior(network, images)
        codes = sample(mean, log_variance, generator)
        error = reconstruction_error(network, codes, images)
        kl = divergence(mean, log_variance).sum(1).mean()
        tc = total_correlation(codes, mean, log_variance, count * len(images) if self.estimator == "weighted" else 1)
        prior = self.kl_weight * kl + self.tc_weight * tc
        loss = self.reconstruction_weight * error + self.annealing(done) * prior
        return {"loss": loss, "reconstruction": error, "kl": kl, "tc": tc}


def total_correlation(codes: "torch.Tensor", mean: "torch.Tensor", log_variance: "torch.Tensor", scale: int) -> "torch.Tensor":
    """TC = E[log q(z) − Σ_d log q(z_d)] of the aggregate posterior, from one batch of M codes, each drawn from its own posterior.

    log q(z_i) ≈ log Σ_j exp Σ_d log q(z_id | x_j) − log s, and likewise for each latent alone, so that the scale s adds
    (D − 1) log s in all. s = N·M, with N images in the dataset, is minibatch-weighted sampling (Chen et al., equation 5);
    s = 1 leaves the constant out, and TC may then be negative; s = M takes the batch for the whole dataset.
    """
    import torch

    densities = _log_density(codes[:, None], mean[None], log_variance[None])
    joint = torch.logsumexp(densities.sum(2), 1)
    alone = torch.logsumexp(densities, 1).sum(1)
    return (joint - alone).mean() + (codes.shape[1] - 1) * log(scale)


def _log_density(codes: "torch.Tensor", mean: "torch.Tensor", log_variance: "torch.Tensor") -> "torch.Tensor":
    """log N(z; μ, σ²) of each latent, in nats."""
    return -(log(2 * pi) + log_variance + (codes - mean).square() * (-log_variance).exp()) / 2
