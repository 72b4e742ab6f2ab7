"""Mutual information gap (Chen et al., 2018, arXiv 1802.04942)."""

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from bench.truth.association import binned, counted, entropies


def mutual_information_gap(
    codes: Float[ndarray, "n latents"], classes: Int[ndarray, "n factors"], sizes: tuple[int, ...], bins: int
) -> float | None:
    """How far the latent that knows most of a factor is ahead of the second, in parts of the factor's entropy; mean over factors.

    From 0 to 1. Information is as counted over `bins` of equal width (the usual score has 20), without correction for chance.
    `None` when no factor varies. Codes that are not finite raise `DataError`.
    """
    known = np.sort(counted(binned(codes, bins), classes, sizes, bins), axis=0)
    first, second = known[-1], known[-2] if len(known) > 1 else np.zeros(len(sizes))
    entropy = entropies(classes, sizes)
    varies = entropy > 0
    return float(((first - second)[varies] / entropy[varies]).mean()) if varies.any() else None
