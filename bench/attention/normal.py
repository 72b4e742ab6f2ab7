"""What is normal: the posteriors of many pictures in one."""

from collections.abc import Callable

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from bench.attention.opened import Opened
from bench.attention.targets import Aggregate


def aggregates(images: UInt8[ndarray, "n channels height width"]) -> Callable[[Opened], Aggregate]:
    """`aggregate` of these pictures by encoder, each made once.

    Encoders are kept, since one that was forgotten may lend its place in memory, and with it its `id`, to the next.
    """
    known: list[tuple[Opened, Aggregate]] = []

    def of(opened: Opened) -> Aggregate:
        if not any(one is opened for one, _ in known):
            known.append((opened, aggregate(opened, images)))
        return next(found for one, found in known if one is opened)

    return of


def aggregate(opened: Opened, images: UInt8[ndarray, "n channels height width"]) -> Aggregate:
    """The aggregate of the posteriors of these pictures; of no pictures, all zeros."""
    import torch

    parts = []
    with torch.no_grad():
        for start in range(0, len(images), opened.batch_size):
            pixels = torch.from_numpy(images[start : start + opened.batch_size]).to(opened.device).float().div_(255)
            parts.append(torch.cat(opened.above(opened.below(pixels)), dim=1).cpu().double().numpy())
    if not parts:
        return Aggregate(*np.zeros((3, 1)))
    mean, log_variance = np.split(np.concatenate(parts), 2, axis=1)
    return Aggregate(mean.mean(0), mean.var(0), np.exp(log_variance).mean(0))
