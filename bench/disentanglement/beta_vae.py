"""β-VAE score (Higgins et al., 2017), with the protocol of Locatello et al. (2019, arXiv 1811.12359)."""

import numpy as np
from jaxtyping import Float, Float64, Int
from numpy import ndarray

from bench.disentanglement.draws import shared_out, sharing
from bench.truth.encoded import finite


def beta_vae_score(
    codes: Float[ndarray, "n latents"], classes: Int[ndarray, "n factors"], train: int, test: int, batch: int, seed: int
) -> float | None:
    """Accuracy of a linear classifier that tells which factor the pairs of a batch share, from the mean difference of their codes.

    From 0 to 1, chance is about 1 over the number of factors that vary. `None` when fewer than two do. Codes that are not finite
    raise `DataError`.
    """
    from sklearn.linear_model import LogisticRegression

    factors = np.flatnonzero(np.ptp(classes, axis=0) > 0)
    if len(factors) < 2:
        return None
    rng = np.random.default_rng(seed)
    known, wide = classes[:, factors], finite(codes).astype(np.float64)
    machine = LogisticRegression(max_iter=1000).fit(*_differences(wide, known, train, batch, rng))
    return float(machine.score(*_differences(wide, known, test, batch, rng)))


def _differences(
    codes: Float64[ndarray, "n latents"], classes: Int[ndarray, "n factors"], count: int, batch: int, rng: np.random.Generator
) -> tuple[Float64[ndarray, "count latents"], Int[ndarray, " count"]]:
    features, shared = [], []
    for k, sets in enumerate(shared_out(count, classes.shape[1], rng)):
        first = rng.integers(0, len(codes), (int(sets), batch))
        second = sharing(classes[:, k]).partners(first, rng)
        for one, other in zip(np.array_split(first, max(sets // 512, 1)), np.array_split(second, max(sets // 512, 1)), strict=True):
            features.append(np.abs(codes[one] - codes[other]).mean(1))
        shared.append(np.full(sets, k))
    return np.concatenate(features), np.concatenate(shared)
