"""Convolutional encoder and decoder for square images, as used for VAEs on dSprites and Shapes3D since Higgins et al. (2017)."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, ClassVar, Protocol, runtime_checkable

from pydantic import Field

from bench.component import component
from bench.errors import ConfigError
from bench.interfaces import Dataset

if TYPE_CHECKING:
    import torch

Width = Annotated[int, Field(gt=0)]


@runtime_checkable
class Network(Protocol):
    """Draws a network of parts `encoder` (images in [0, 1] → mean beside log-variance) and `decoder` (codes → logits of pixels)."""

    @property
    def latents(self) -> int: ...
    def __call__(self, dataset: Dataset, seed: int) -> "torch.nn.ModuleDict": ...


@component
class ConvNetwork:
    """Convolutions (kernel 4, stride 2, padding 1), then fully connected layers; the decoder runs the other way round.

    `channels` has one entry a convolution, each of which halves the image; `encoder_hidden` and `decoder_hidden` are the widths of
    the fully connected layers between the last convolution and the latents. ReLU after every layer but the last of each part.
    """

    version: ClassVar[int] = 1
    latents: Width
    channels: tuple[Width, ...]
    encoder_hidden: tuple[Width, ...]
    decoder_hidden: tuple[Width, ...]

    def __call__(self, dataset: Dataset, seed: int) -> "torch.nn.ModuleDict":
        """Parts `encoder` (images in [0, 1] → mean beside log-variance) and `decoder` (codes → logits of pixels), freshly drawn.

        Raises `ConfigError` when the images of the dataset cannot be halved once for each convolution. A half is rounded down.
        """
        import torch
        from torch import nn

        depth, side = image_shape(dataset)
        halvings = len(self.channels)
        sides = [side >> halving for halving in range(halvings + 1)]
        if not sides[-1]:
            raise ConfigError(f"channels: {halvings} convolutions need a side of at least {2**halvings}, got images of side {side}")
        with torch.device("meta"):  # no memory, and no number drawn from the global generator
            network = nn.ModuleDict({"encoder": self._encoder(depth, sides[-1]), "decoder": self._decoder(depth, sides[::-1])})
        network.to_empty(device="cpu")
        draw(network, torch.Generator().manual_seed(seed))
        with torch.no_grad():  # start at the prior, so that latents switch on one by one instead of all at once, mixed
            list(network["encoder"].children())[-1].get_parameter("weight").mul_(0.01)
        return network

    def _encoder(self, depth: int, small: int) -> "torch.nn.Sequential":
        from torch import nn

        layers: list[nn.Module] = []
        for inside, outside in pairwise((depth, *self.channels)):
            layers += [nn.Conv2d(inside, outside, 4, 2, 1), nn.ReLU()]
        flat = self._top(depth) * small**2
        return nn.Sequential(*layers, nn.Flatten(), *connected((flat, *self.encoder_hidden, 2 * self.latents)))

    def _decoder(self, depth: int, sides: Sequence[int]) -> "torch.nn.Sequential":
        from torch import nn

        top, small = self._top(depth), sides[0]
        layers: list[nn.Module] = [*connected((self.latents, *self.decoder_hidden, top * small**2))]
        layers.append(nn.Unflatten(1, (top, small, small)))
        for (inside, outside), side in zip(pairwise((*reversed(self.channels), depth)), sides[1:], strict=True):
            layers += [nn.ReLU(), nn.ConvTranspose2d(inside, outside, 4, 2, 1, output_padding=side % 2)]
        return nn.Sequential(*layers)

    def _top(self, depth: int) -> int:
        return (depth, *self.channels)[-1]


def image_shape(dataset: Dataset) -> tuple[int, int]:
    """Channels and side of the images of a dataset. Raises `ConfigError` unless they are square."""
    import numpy as np

    depth, height, width = dataset.images(np.zeros(1, np.int64)).shape[1:]
    if height != width:
        raise ConfigError(f"expected a dataset of square images, got {height} by {width}; choose another dataset or model")
    return depth, height


def connected(widths: Sequence[int]) -> "Iterator[torch.nn.Module]":
    """Fully connected layers of these widths, with a ReLU between two of them."""
    from torch import nn

    for number, (inside, outside) in enumerate(pairwise(widths)):
        if number:
            yield nn.ReLU()
        yield nn.Linear(inside, outside)


def draw(network: "torch.nn.Module", generator: "torch.Generator") -> None:
    """He et al. (2015): uniform with variance 2 / fan-in, so that ReLU layers keep the size of a signal; biases 0.

    A pixel that a stride-2 transposed convolution puts out sees a quarter of its 4 × 4 kernel. Batch normalisation is reset.
    """
    import torch
    from torch import nn

    for layer in network.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            weight = layer.weight
            fan_in = weight[:, 0].numel() / 4 if isinstance(layer, nn.ConvTranspose2d) else weight[0].numel()
            torch.nn.init.uniform_(weight, -((6 / fan_in) ** 0.5), (6 / fan_in) ** 0.5, generator=generator)
            if layer.bias is not None:
                torch.nn.init.zeros_(layer.bias)
        elif isinstance(layer, nn.BatchNorm2d):
            layer.reset_parameters()
