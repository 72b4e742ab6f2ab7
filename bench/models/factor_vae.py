"""FactorVAE (Kim and Mnih, ICML 2018), and AD-FactorVAE (Liu et al., CVPR 2020) when attention weighs in."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from bench.component import component
from bench.interfaces import Dataset, Weights
from bench.models.annealing import Annealing
from bench.models.attention_overlap import AttentionOverlap
from bench.models.beta_vae import divergence, posterior, reconstruction_error, sample
from bench.models.csvae import fixed
from bench.models.discriminator import Discriminator, log_ratio, mistaken, shuffled
from bench.models.networks import ConvNetwork
from bench.models.opening import cut
from bench.models.rival import Rival
from bench.models.training import Training
from bench.models.vae import VAE, load

if TYPE_CHECKING:
    import torch

JUDGE = "discriminator"


@component
class FactorVAE:
    """loss = −log p(x | z) + a KL(q(z | x) ‖ p(z)) + γ TC + λ overlap, in nats per image, mean over the batch.

    TC is what the discriminator takes the total correlation of the codes for. It learns from the codes of the same batch, as they
    are and with each latent shuffled; the published method shuffles those of a second batch. a is the factor of `annealing`, which
    ends at 1; the published method has none (factor 1). `attention` is the fourth term, or null for plain FactorVAE: with one seed
    both have the same first weights, batches and noise. The discriminator is no part of the weights.
    """

    version: ClassVar[int] = 1
    trained: ClassVar[bool] = True
    gamma: Annotated[float, Field(ge=0)]
    attention: AttentionOverlap | None
    annealing: Annealing
    discriminator: Discriminator
    network: ConvNetwork
    training: Training
    batch_size: Annotated[int, Field(gt=0)]

    def fit(self, dataset: Dataset, seed: int, scratch: Path) -> Weights:
        """Train on the dataset's images. Raises what `ConvNetwork`, `AttentionOverlap` and `Training` raise."""
        network = self.network(dataset, seed)
        network[JUDGE] = self.discriminator(self.network.latents, seed)
        rival = Rival(JUDGE, self.discriminator.learning_rate, self.discriminator.betas)
        found = self.training(network, self.loss, dataset, seed, scratch, rival)
        return {name: value for name, value in found.items() if not name.startswith(f"{JUDGE}.")}

    def load(self, dataset: Dataset, weights: Weights) -> VAE:
        """The model with these weights. Raises `DataError` when they do not fit."""
        return load(self.network, self.training, self.batch_size, dataset, weights)

    def loss(
        self, network: "torch.nn.Module", images: "torch.Tensor", generator: "torch.Generator", done: float
    ) -> Mapping[str, "torch.Tensor"]:
        """The loss of a batch with that of the discriminator, and its terms before weighting."""
        activations, mean, log_variance = self._seen(network, images)
        codes = sample(mean, log_variance, generator)
        error = reconstruction_error(network, codes, images)
        nats = divergence(mean, log_variance)
        kl, judge = nats.sum(1).mean(), network.get_submodule(JUDGE)
        tc = log_ratio(fixed(judge, codes))
        told = codes.detach()
        guess = mistaken(judge(told), judge(shuffled(told, generator)))
        loss = error + self.annealing(done) * kl + self.gamma * tc + guess
        parts = {"reconstruction": error, "kl": kl, "tc": tc, "guess": guess}
        if self.attention is None:
            return {"loss": loss} | parts
        overlap = self.attention(mean, activations, nats, generator)
        return {"loss": loss + self.attention.weight * overlap} | parts | {"overlap": overlap}

    def _seen(self, network: "torch.nn.Module", images: "torch.Tensor") -> "tuple[torch.Tensor, torch.Tensor, torch.Tensor]":
        """Activations that attention looks at (the images without it), mean and log-variance."""
        if self.attention is None:
            return images, *posterior(network, images)
        encoder = network.get_submodule("encoder")
        below, above = cut(encoder, self.attention.layer, self.attention.rectified, None)  # type: ignore[arg-type]
        activations = below(images)
        mean, log_variance = above(activations).float().chunk(2, dim=1)
        return activations, mean, log_variance
