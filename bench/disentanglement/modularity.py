"""Modularity (Ridgeway and Mozer, 2018, arXiv 1802.05312)."""

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from bench.truth.association import binned, counted


def modularity(
    codes: Float[ndarray, "n latents"], classes: Int[ndarray, "n factors"], sizes: tuple[int, ...], bins: int
) -> float | None:
    """Whether each latent knows of one factor only: 1 - Σ I² of the others / (I² of its own (factors - 1)), mean over latents.

    From 0 to 1; factors that never vary are left out. A latent that knows of nothing counts 0, as in disentanglement_lib. `None`
    when fewer than two factors vary. Codes that are not finite raise `DataError`.
    """
    varies = np.ptp(classes, axis=0) > 0
    if varies.sum() < 2:
        return None
    squares = np.square(counted(binned(codes, bins), classes, sizes, bins)[:, varies])
    top = squares.max(1)
    rest = (squares.sum(1) - top) / (np.where(top > 0, top, 1.0) * (varies.sum() - 1))
    return float(np.where(top > 0, 1 - rest, 0.0).mean())
