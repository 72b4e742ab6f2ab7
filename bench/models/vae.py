"""A trained variational auto-encoder, ready to use: images to codes and back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float32, Int, UInt8
from numpy import ndarray

from bench.artifacts import Unit
from bench.attention.opened import Opened
from bench.errors import DataError
from bench.hardware import torch_threads, usable
from bench.interfaces import Dataset, Weights
from bench.models.networks import Network
from bench.models.opening import opened
from bench.models.training import Training

if TYPE_CHECKING:
    import torch


class Posterior(NamedTuple):
    """q(z | x) of each image: a Gaussian with independent latents."""

    mean: Float32[ndarray, "n latents"]
    log_variance: Float32[ndarray, "n latents"]


@dataclass(frozen=True)
class VAE:
    """A generative model whose anchors are images of its dataset: anchor a is the image at index a, modulo their number."""

    network: "torch.nn.ModuleDict"
    dataset: Dataset
    latents: int
    device: str
    threads: int
    batch_size: int

    @property
    def units(self) -> tuple[Unit, ...]:
        """One unit a latent: z0, z1, ..."""
        return tuple(Unit(f"z{i}", (i,)) for i in range(self.latents))

    def codes(self, anchors: Int[ndarray, " n"]) -> Float32[ndarray, "n latents"]:
        """The encoder's mean for each anchor's image."""
        return self.encode(self.dataset.images(anchors % len(self.dataset))).mean

    def render(
        self,
        anchors: Int[ndarray, " n"],  # noqa: ARG002 (a code says all)
        codes: Float32[ndarray, "n latents"],
    ) -> UInt8[ndarray, "n channels height width"]:
        """The mean image of each code: the decoder's probabilities times 255, rounded."""
        import torch

        def decode(batch: ndarray) -> ndarray:
            logits = self.network["decoder"](torch.from_numpy(batch).to(self.device))
            return torch.sigmoid(logits).mul(255).round().to(torch.uint8).contiguous().cpu().numpy()

        return self.batched(decode, codes)

    def encode(self, images: UInt8[ndarray, "n channels height width"]) -> Posterior:
        """Mean and log-variance of each image's posterior."""
        import torch

        def posterior(batch: ndarray) -> ndarray:
            found: ndarray = self.network["encoder"](torch.from_numpy(batch).to(self.device).float().div_(255)).cpu().numpy()
            return found

        return Posterior(*np.split(self.batched(posterior, images), 2, axis=1))

    def opened(self, layer: int, rectified: bool, redrawn: int | None) -> Opened:
        """The encoder cut after a convolution, see `Openable`."""
        return opened(self.network, (layer, rectified, redrawn), self.device, self.threads, self.batch_size)

    def batched(self, function: Callable[[ndarray], ndarray], rows: ndarray) -> ndarray:
        """What a function of arrays makes of the rows, batch by batch."""
        import torch

        starts = range(0, max(len(rows), 1), self.batch_size)  # no rows make one empty batch, which has the right shape
        with torch.inference_mode(), torch_threads(self.threads):
            return np.concatenate([function(np.ascontiguousarray(rows[i : i + self.batch_size])) for i in starts])


def load(network: Network, training: Training, batch_size: int, dataset: Dataset, weights: Weights) -> VAE:
    """The model with these weights. Raises what `filled` raises."""
    made = network(dataset, 0)
    filled(made, weights, training.device)
    return VAE(made, dataset, network.latents, training.device, training.threads, batch_size)


def filled(network: "torch.nn.Module", weights: Weights, device: str) -> None:
    """Put these weights into a network, for use.

    Raises one `DataError` for all that are missing, unknown, misshapen or not finite.
    """
    import torch

    faults = list(_faults(network, weights))
    if faults:
        raise DataError(
            f"the weights do not fit the model: {'; '.join(faults)}. Check `network` and the dataset against those that they were "
            "trained with, or train anew"
        )
    network.load_state_dict({name: torch.from_numpy(np.array(value, np.float32)) for name, value in weights.items()})
    network.eval().requires_grad_(False).to(usable(device))


def _faults(network: "torch.nn.Module", weights: Weights) -> Iterator[str]:
    expected = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    for name, shape in expected.items():
        if name not in weights:
            yield f"{name} is missing"
        elif weights[name].shape != shape:
            yield f"{name} has shape {weights[name].shape}, expected {shape}"
        elif not np.isfinite(weights[name]).all():
            yield f"{name} holds values that are not finite"
    unknown = sorted(set(weights) - set(expected))
    if unknown:
        yield f"unknown: {', '.join(unknown)}"
