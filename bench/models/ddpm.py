"""A small DDPM (Ho et al., NeurIPS 2020) trained here, so that directions of a diffusion model can be explained offline."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from bench.component import component
from bench.interfaces import Dataset, Weights
from bench.models.averaging import averaged, follow, settled
from bench.models.checkpoint import weights
from bench.models.ddim import Grid
from bench.models.schedule import Schedule
from bench.models.training import Training
from bench.models.unet import UNet
from bench.models.unet_denoiser import UNetDenoiser
from bench.models.vae import filled

if TYPE_CHECKING:
    import torch


@component
class DDPM:
    """loss = mean ‖v − v(√ᾱ_t x + √(1 − ᾱ_t) ε, t)‖² over pixels in [−1, 1], noise ε and times t drawn evenly.

    v = √ᾱ_t ε − √(1 − ᾱ_t) x (Salimans and Ho, ICLR 2022): where nearly all is noise, the noise says nothing of the picture, and a
    network that predicts it needs far longer to learn what to draw. ε is read off v. The weights are the running mean over
    training, which forgets with `decay`.
    """

    version: ClassVar[int] = 1
    trained: ClassVar[bool] = True
    schedule: Schedule
    network: UNet
    decay: Annotated[float, Field(ge=0, lt=1)]
    training: Training
    grid: Grid
    batch_size: Annotated[int, Field(gt=0)]

    def fit(self, dataset: Dataset, seed: int, scratch: Path) -> Weights:
        """Train on the dataset's images. Raises what `UNet` and `Training` raise."""
        module = averaged(self.network(dataset, seed))
        self.training(module, self.loss, dataset, seed, scratch)
        return weights(settled(module))

    def load(self, dataset: Dataset, weights: Weights) -> UNetDenoiser:
        """The network with these weights; on its own it draws pictures over `grid`. Raises `DataError` when they do not fit."""
        network = self.network(dataset, 0)
        filled(network, weights, self.training.device)
        kept, training = self.schedule.kept, self.training
        return UNetDenoiser(
            network, "velocity", self.network.patch, kept, self.grid, training.device, training.threads, self.batch_size
        )

    def loss(
        self,
        network: "torch.nn.Module",
        images: "torch.Tensor",
        generator: "torch.Generator",
        done: float,  # noqa: ARG002 (nothing changes along the way)
    ) -> Mapping[str, "torch.Tensor"]:
        """The loss of a batch."""
        import torch
        from torch.nn.functional import mse_loss

        follow(network, self.decay)
        clean = torch.nn.functional.pixel_unshuffle(images * 2 - 1, self.network.patch)
        kept = torch.from_numpy(self.schedule.kept).float().to(images.device)
        times = torch.randint(self.schedule.steps, (len(images),), generator=generator).to(images.device)
        noise = torch.randn(clean.shape, generator=generator).to(images.device)
        part = kept[times].view(-1, 1, 1, 1)
        told = network.get_submodule("network")(part.sqrt() * clean + (1 - part).sqrt() * noise, times).sample
        return {"loss": mse_loss(told.float(), part.sqrt() * noise - (1 - part).sqrt() * clean)}
