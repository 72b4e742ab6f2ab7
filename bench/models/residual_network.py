"""ResNet-18 (He et al. 2016) as the encoder of a VAE, untrained, and a plain decoder of transposed convolutions."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from bench.component import component
from bench.errors import ConfigError
from bench.interfaces import Dataset
from bench.models.networks import draw, image_shape

if TYPE_CHECKING:
    import torch

Width = Annotated[int, Field(gt=0)]
BLOCKS = 2  # of a stage
STAGES = 4
TOP = 4  # side of what the decoder starts from


@component
class ResidualNetwork:
    """Encoder: stem, four stages of two residual blocks, mean over places, one layer to mean and log-variance of each latent.

    `width` is the channels of the first stage, 64 in ResNet-18; each stage doubles them. Decoder: a layer of `decoder_hidden`, one
    to 4 × 4 places, and a transposed convolution (kernel 4, stride 2, padding 1) for each doubling up to the image, with batch
    normalisation and ReLU but after the last; `decoder_channels` are the channels before each of them.
    """

    version: ClassVar[int] = 1
    latents: Width
    width: Width
    decoder_hidden: Width
    decoder_channels: tuple[Width, ...]

    def __call__(self, dataset: Dataset, seed: int) -> "torch.nn.ModuleDict":
        """Parts `encoder` and `decoder`, freshly drawn. Raises `ConfigError` unless the decoder ends at the size of the images."""
        import torch
        from torch import nn

        depth, side = image_shape(dataset)
        reached = TOP * 2 ** len(self.decoder_channels)
        if side != reached:
            raise ConfigError(
                f"decoder_channels: {len(self.decoder_channels)} doublings of {TOP} reach images of side {reached}, got {side}"
            )
        with torch.device("meta"):  # no memory, and no number drawn from the global generator
            network = nn.ModuleDict({"encoder": self._encoder(depth), "decoder": self._decoder(depth)})
        network.to_empty(device="cpu")
        draw(network, torch.Generator().manual_seed(seed))
        with torch.no_grad():  # start at the prior, as other networks do
            list(network["encoder"].children())[-1].get_parameter("weight").mul_(0.01)
        return network

    def _encoder(self, depth: int) -> "torch.nn.Sequential":
        from torch import nn

        stem = [nn.Conv2d(depth, self.width, 7, 2, 3, bias=False), nn.BatchNorm2d(self.width), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
        widths = [self.width, *(self.width << number for number in range(STAGES))]
        stages = [_stage(inside, outside, 1 + bool(number)) for number, (inside, outside) in enumerate(pairwise(widths))]
        return nn.Sequential(*stem, *stages, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(widths[-1], 2 * self.latents))

    def _decoder(self, depth: int) -> "torch.nn.Sequential":
        from torch import nn

        top = (*self.decoder_channels, depth)[0]
        layers: list[nn.Module] = [nn.Linear(self.latents, self.decoder_hidden), nn.ReLU()]
        layers += [nn.Linear(self.decoder_hidden, top * TOP**2), nn.Unflatten(1, (top, TOP, TOP)), nn.ReLU()]
        channels: Sequence[int] = (*self.decoder_channels, depth)
        for inside, outside in pairwise(channels):
            layers += [nn.ConvTranspose2d(inside, outside, 4, 2, 1), nn.BatchNorm2d(outside), nn.ReLU()]
        return nn.Sequential(*layers[:-2])


def _stage(inside: int, outside: int, stride: int) -> "torch.nn.Sequential":
    """Residual blocks, the first of which may halve the picture and change the number of channels."""
    from torch import nn
    from torchvision.models.resnet import BasicBlock

    shortcut = None
    if stride > 1 or inside != outside:
        shortcut = nn.Sequential(nn.Conv2d(inside, outside, 1, stride, bias=False), nn.BatchNorm2d(outside))
    rest = [BasicBlock(outside, outside) for _ in range(BLOCKS - 1)]
    return nn.Sequential(BasicBlock(inside, outside, stride, shortcut), *rest)
