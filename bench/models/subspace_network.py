"""The parts of a conditional subspace VAE (Klys, Snell and Zemel, NeurIPS 2018) for square images."""

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from bench.component import component
from bench.errors import ConfigError
from bench.interfaces import Dataset
from bench.models.labels import Labels
from bench.models.networks import connected, draw, image_shape
from bench.models.subspace_layers import convolved, even, pooling, side_by_side

if TYPE_CHECKING:
    import torch

Width = Annotated[int, Field(gt=0)]
NEAR_STANDARD = ("z.mean", "z.log_variance", "w.log_variance", "prior.log_variance")


@component
class SubspaceNetwork:
    """Convolutions (kernel 4, stride 2, padding 1) and one fully connected layer make `features`; the decoder runs the other way.

    `z` and `w` count the latents of the two codes. `encoder` and `decoder` have one entry a convolution, each of which halves or
    doubles the image. Each Gaussian has one hidden layer of `head` and then a layer of its own for the mean and for the
    log-variance. The predictor of labels has two hidden layers of `guess`; their reader has the convolutions `reader` of its own
    and one such layer. A `pooled` reader sees of each channel only its mean and its largest value over the image: it learns from
    few images what does not hang on the place, and can read no label that is a place. In a `divided` w each label has latents of
    its own, about as many as any other, and their prior sees that label alone (as published). ReLU after every layer but the last
    of each part.
    """

    version: ClassVar[int] = 2
    z: Width
    w: Width
    encoder: tuple[Width, ...]
    decoder: tuple[Width, ...]
    features: Width
    head: Width
    guess: Width
    reader: tuple[Width, ...]
    pooled: bool
    divided: bool

    def __call__(self, dataset: Dataset, labels: Labels, seed: int) -> "torch.nn.ModuleDict":
        """The parts, freshly drawn. Raises `ConfigError` when images cannot be halved once for each convolution.

        `encoder`: images in [0, 1] → features. `z`: features → q(z | x). `w`: features and labels → q(w | x, y). `prior`: labels
        → p(w | y). `decoder`: z and w → logits of pixels. `predictor`: two views of z → logits of labels. `reader`: images → logits
        of labels. Beside them lie `directions` and `origins` in w, one row an attribute, still zero.
        """
        import torch
        from torch import nn

        told, guesses = sum(table.shape[1] for table in labels.tables), sum(labels.sizes)
        depth, side = image_shape(dataset)
        with torch.device("meta"):  # no memory, and no number drawn from the global generator
            network = nn.ModuleDict({"encoder": self._encoder(depth, side), "decoder": self._decoder(depth, side)})
            network["z"] = self._gaussian(self.features, self.z)
            network["w"] = self._gaussian(self.features + told, self.w)
            network["prior"] = self._prior([table.shape[1] for table in labels.tables])
            network["predictor"] = nn.Sequential(*connected((2 * self.z, self.guess, self.guess, guesses)))
            network["reader"] = self._reader(depth, side, guesses)
            for name in ("directions", "origins"):
                network.register_buffer(name, torch.zeros(len(labels.attributes), self.w))
        network.to_empty(device="cpu")
        draw(network, torch.Generator().manual_seed(seed))
        with torch.no_grad():
            for buffer in network.buffers():
                buffer.zero_()
            for head in NEAR_STANDARD:  # as `ConvNetwork` does. Means of w that start alike would all grow along one line
                for parameter in network.get_submodule(head).parameters():
                    parameter.mul_(0.01)
        return network

    def _encoder(self, depth: int, side: int) -> "torch.nn.Sequential":
        from torch import nn

        flat = self.encoder[-1] * _halved(side, len(self.encoder), "encoder") ** 2
        return nn.Sequential(*convolved((depth, *self.encoder)), nn.Flatten(), nn.Linear(flat, self.features), nn.ReLU())

    def _reader(self, depth: int, side: int, guesses: int) -> "torch.nn.Sequential":
        from torch import nn

        small, last = _halved(side, len(self.reader), "reader"), self.reader[-1]
        seen, width = (pooling(), 2 * last) if self.pooled else (nn.Flatten(), last * small**2)
        return nn.Sequential(*convolved((depth, *self.reader)), seen, *connected((width, self.guess, guesses)))

    def _decoder(self, depth: int, side: int) -> "torch.nn.Sequential":
        from torch import nn

        small = _halved(side, len(self.decoder), "decoder")
        layers: list[nn.Module] = [*connected((self.z + self.w, self.features, self.decoder[0] * small**2))]
        layers.append(nn.Unflatten(1, (self.decoder[0], small, small)))
        for inside, outside in pairwise((*self.decoder, depth)):
            layers += [nn.ReLU(), nn.ConvTranspose2d(inside, outside, 4, 2, 1)]
        return nn.Sequential(*layers)

    def _prior(self, told: list[int]) -> "torch.nn.ModuleDict":
        """p(w | y). Raises `ConfigError` when a label would have no latent or no hidden unit of its own."""
        made = self._gaussian(sum(told), self.w)
        if not self.divided:
            return made
        if min(self.w, self.head) < len(told):
            widths = f"w={self.w} and head={self.head}"
            raise ConfigError(f"divided: expected latents and hidden units for each of {len(told)} labels, got {widths}")
        heads, latents = even(self.head, len(told)), even(self.w, len(told))
        made.get_submodule("body").register_module("0", side_by_side(told, heads))
        for end in ("mean", "log_variance"):
            made.register_module(end, side_by_side(heads, latents))
        return made

    def _gaussian(self, inside: int, outside: int) -> "torch.nn.ModuleDict":
        from torch import nn

        body = nn.Sequential(nn.Linear(inside, self.head), nn.ReLU())
        return nn.ModuleDict({"body": body, "mean": nn.Linear(self.head, outside), "log_variance": nn.Linear(self.head, outside)})


def gaussian(part: "torch.nn.Module", inputs: "torch.Tensor") -> "tuple[torch.Tensor, torch.Tensor]":
    """Mean and log-variance of a part that is a Gaussian, each `n × latents`."""
    hidden = part.get_submodule("body")(inputs)
    return part.get_submodule("mean")(hidden).float(), part.get_submodule("log_variance")(hidden).float()


def _halved(side: int, times: int, field: str) -> int:
    if side % 2**times:
        raise ConfigError(f"{field}: {times} convolutions need a side that {2**times} divides, got images of side {side}")
    return side >> times
