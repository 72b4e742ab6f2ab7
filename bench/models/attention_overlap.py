"""The attention disentanglement loss of Liu et al. (CVPR 2020, arXiv 1911.07389): latents shall look at different places."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from bench.attention.gradients import latent_maps
from bench.attention.overlap import overlap
from bench.component import component
from bench.errors import ConfigError

if TYPE_CHECKING:
    import torch


@component
class AttentionOverlap:
    """The overlap of the attention maps of a pair of latents, to be added to the loss of a VAE with `weight` (λ).

    Maps are taken after convolution `layer` of the encoder, and its ReLU if `rectified`. They are differentiated as they stand, so
    that the encoder learns through the activations and through the weights of the channels. Latents are active if their divergence
    from the prior is above `active` nats, mean over the batch: a latent that says nothing has an empty map, and a loss on it would
    reward collapse. `pairs` says which two: `random` draws two different active ones a step, `top` takes the two active ones with
    the largest maps, `all` is the mean over all pairs of active ones. With fewer than two the loss is 0.
    """

    version: ClassVar[int] = 1
    weight: Annotated[float, Field(ge=0)]
    layer: Annotated[int, Field(gt=0)]
    rectified: bool
    pairs: Literal["random", "top", "all"]
    active: Annotated[float, Field(ge=0)]

    def __call__(
        self, mean: "torch.Tensor", activations: "torch.Tensor", nats: "torch.Tensor", generator: "torch.Generator"
    ) -> "torch.Tensor":
        """From 0 to 1, a scalar. `mean` must come from `activations`; `nats` is the divergence of each picture and latent.

        Nothing waits for the device. Raises `ConfigError` for a model with fewer than two latents.
        """
        import torch

        if mean.shape[1] < 2:
            raise ConfigError(f"attention: a pair needs two latents, got {mean.shape[1]}; raise network.latents or set it to null")
        active = nats.detach().mean(0) > self.active
        if self.pairs == "random":
            order = torch.rand(len(active), generator=generator).to(active.device)
            pair = _first(order, active)
            maps = latent_maps(mean[:, pair], activations, create_graph=True)
            return overlap(maps[:, 0], maps[:, 1]) * active[pair].all()
        maps = latent_maps(mean, activations, create_graph=True)
        if self.pairs == "top":
            pair = _first(maps.detach().sum((0, 2, 3)), active)
            return overlap(maps[:, pair[0]], maps[:, pair[1]]) * active[pair].all()
        one, other = torch.triu_indices(len(active), len(active), 1, device=active.device)
        both = active[one] & active[other]
        return (overlap(maps[:, one], maps[:, other]) * both).sum() / both.sum().clamp_min(1)


def _first(rank: "torch.Tensor", active: "torch.Tensor") -> "torch.Tensor":
    """The two active latents of the highest rank, which is at least 0; where there are fewer, others fill up."""
    return rank.masked_fill(~active, -1).topk(2).indices
