"""How sure shares of an effect are: intervals over references, by the bootstrap."""

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

RESAMPLES = 1000
LEVEL = 0.95


def share_intervals(variances: Float64[ndarray, "n factors"], seed: int) -> Float64[ndarray, "factors ends"]:
    """The 95 % percentile interval of each factor's share, references drawn anew; `variances` are those of `Effects`."""
    rng = np.random.default_rng([seed, 3])
    means = variances[rng.integers(0, len(variances), (RESAMPLES, len(variances)))].mean(1)
    totals = means.sum(1, keepdims=True)
    shares = np.divide(means, totals, out=np.zeros_like(means), where=totals > 0)
    return np.asarray(np.quantile(shares, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0).T)
