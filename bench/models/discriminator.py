"""Tells codes from codes whose latents were shuffled: the density ratio behind FactorVAE (Kim and Mnih, ICML 2018)."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from bench.component import component
from bench.models.networks import draw

if TYPE_CHECKING:
    import torch

OFFSET = 7  # so that the seed of a network and that of its discriminator draw other numbers


@component
class Discriminator:
    """Fully connected layers of the widths `hidden` with leaky ReLU (0.2), and two logits: codes as they are, codes shuffled.

    It learns beside the VAE, with an Adam of its own: `learning_rate` and `betas`.
    """

    version: ClassVar[int] = 1
    hidden: Annotated[tuple[Annotated[int, Field(gt=0)], ...], Field(min_length=1)]
    learning_rate: Annotated[float, Field(gt=0)]
    betas: tuple[Annotated[float, Field(ge=0, lt=1)], Annotated[float, Field(ge=0, lt=1)]]

    def __call__(self, latents: int, seed: int) -> "torch.nn.Sequential":
        """Freshly drawn, codes → two logits."""
        import torch
        from torch import nn

        with torch.device("meta"):
            layers: list[nn.Module] = []
            for inside, outside in zip((latents, *self.hidden), self.hidden, strict=False):
                layers += [nn.Linear(inside, outside), nn.LeakyReLU(0.2)]
            network = nn.Sequential(*layers, nn.Linear(self.hidden[-1], 2))
        network.to_empty(device="cpu")
        draw(network, torch.Generator().manual_seed((seed << 3) + OFFSET))
        return network


def log_ratio(logits: "torch.Tensor") -> "torch.Tensor":
    """The total correlation E[log q(z) − Σ_d log q(z_d)] as the discriminator sees it, in nats, from its logits for codes."""
    together, apart = logits.float().unbind(1)
    return (together - apart).mean()


def mistaken(of_codes: "torch.Tensor", of_shuffled: "torch.Tensor") -> "torch.Tensor":
    """What the discriminator minimises: the cross-entropy of its two guesses, mean over codes and shuffled ones, in nats."""
    from torch.nn.functional import softplus

    (a, b), (c, d) = of_codes.float().unbind(1), of_shuffled.float().unbind(1)
    return (softplus(b - a).mean() + softplus(c - d).mean()) / 2


def shuffled(codes: "torch.Tensor", generator: "torch.Generator") -> "torch.Tensor":
    """Each latent in an order of its own over the batch, as if latents were independent."""
    import torch

    n, latents = codes.shape
    orders = torch.rand(n, latents, generator=generator).argsort(0).to(codes.device)
    return codes.gather(0, orders)
