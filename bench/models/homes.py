"""Where directions start: the pure noise that some pictures come from."""

from typing import TYPE_CHECKING, Literal

import numpy as np

from bench.errors import ConfigError
from bench.interfaces import Dataset
from bench.models.ddim import Path
from bench.models.denoiser import Denoiser
from bench.models.unet_denoiser import start

if TYPE_CHECKING:
    import torch

HOMES = 13  # first number of the seed of the pictures


def homes(
    denoiser: Denoiser, path: Path, dataset: Dataset, source: Literal["noise", "image"], count: int, seed: int
) -> "torch.Tensor":
    """Draws of noise, or, for "image", the noise that pictures of the dataset come from; `count × shape`.

    Raises `ConfigError` when the dataset has too few pictures.
    """
    import torch

    rng = np.random.default_rng([HOMES, seed])
    if source == "noise":
        return start(denoiser.shape, rng.choice(2**31, count, replace=False).tolist(), denoiser.device)
    if len(dataset) < count:
        raise ConfigError(f"expected {count} pictures, the dataset has {len(dataset)}; lower `homes` or set start=noise")
    with torch.no_grad():
        clean = denoiser.clean(dataset.images(np.sort(rng.choice(len(dataset), count, replace=False))))
        return path.up(lambda state, time: denoiser.noise(state, time, [""] * len(state)), clean)
