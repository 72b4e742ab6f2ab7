"""Pictures where the network is: a GPU holds all images of a dataset in its memory, so that no step waits for one to arrive."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from bench.interfaces import Dataset

if TYPE_CHECKING:
    import torch

PART = 0.5  # of the free memory that images may take
CHUNK = 8192  # images that are made at a time


@dataclass(frozen=True)
class Resident:
    """All images of a dataset on a device, one byte a pixel; 3 GB for dSprites."""

    pixels: "torch.Tensor"

    def __call__(self, index: Int[ndarray, " n"]) -> "torch.Tensor":
        """The images of an index, gathered on the device."""
        import torch

        return self.pixels[torch.from_numpy(index).to(self.pixels.device, non_blocking=True)]


def images_for(dataset: Dataset, device: str) -> "Callable[[ndarray], ndarray | torch.Tensor]":
    """How to come by the images of an index for a step on this device; either way they are the same."""
    import torch

    if torch.device(device).type != "cuda":
        return dataset.images
    free, _ = torch.cuda.mem_get_info(device)
    return resident(dataset, device) if fits(dataset, free) else dataset.images


def fits(dataset: Dataset, free: int) -> bool:
    """True when all images take no more than a part of the free bytes."""
    return len(dataset) * dataset.images(np.zeros(1, np.int64)).nbytes <= PART * free


def resident(dataset: Dataset, device: str) -> Resident:
    """Make all images once and hold them on the device."""
    import torch

    size = len(dataset)
    held = torch.empty((size, *dataset.images(np.zeros(1, np.int64)).shape[1:]), dtype=torch.uint8, device=device)
    for start in range(0, size, CHUNK):
        images = dataset.images(np.arange(start, min(start + CHUNK, size)))
        held[start : start + len(images)] = torch.from_numpy(images).to(device)
    return Resident(held)
