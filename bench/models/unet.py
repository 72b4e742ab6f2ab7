"""The U-Net of Ho et al. (NeurIPS 2020) as diffusers has it, on squares of pixels for channels: small pictures, cheap steps."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from bench.component import component
from bench.errors import ConfigError
from bench.interfaces import Dataset
from bench.models.from_diffusers import from_diffusers
from bench.models.networks import image_shape

if TYPE_CHECKING:
    import torch

Width = Annotated[int, Field(gt=0)]


@component
class UNet:
    """A `diffusers.UNet2DModel`: one entry of `channels` a level, each level but the last halving the side.

    Squares of `patch` × `patch` pixels lie in channels, without loss, so that a patch of 4 makes 16 × 16 × 16 of a grey picture of
    side 64. `attention` puts self-attention into the middle block.
    """

    version: ClassVar[int] = 1
    patch: Width
    channels: tuple[Width, ...]
    layers: Width
    groups: Width
    attention: bool

    def __call__(self, dataset: Dataset, seed: int) -> "torch.nn.Module":
        """A freshly drawn network for pictures of the dataset. Raises `ConfigError` when they cannot be cut and halved so often."""
        import torch

        depth, side = image_shape(dataset)
        shortest = self.patch * 2 ** (len(self.channels) - 1)
        if side % shortest:
            raise ConfigError(f"expected a side that patch times halvings = {shortest} divides, got images of side {side}")
        if any(width % self.groups for width in self.channels):
            raise ConfigError(f"expected channels that groups = {self.groups} divides, got {self.channels}")
        levels = len(self.channels)
        with torch.random.fork_rng([]):
            torch.manual_seed(seed)
            network: torch.nn.Module = from_diffusers("UNet2DModel")(
                sample_size=side // self.patch,
                in_channels=depth * self.patch**2,
                out_channels=depth * self.patch**2,
                block_out_channels=self.channels,
                layers_per_block=self.layers,
                norm_num_groups=self.groups,
                down_block_types=("DownBlock2D",) * levels,
                up_block_types=("UpBlock2D",) * levels,
                add_attention=self.attention,
            )
        return network
