"""How far latents go: by the model's own word, or by the codes that it gives."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from bench.artifacts import Factor, Truth
from bench.interfaces import GenerativeModel
from bench.truth.encoded import Encoded
from bench.truth.intervals import share_intervals
from bench.truth.seeing import Seen

PRIOR = 4096  # codes drawn for the ends of sweeps of a model without encoder


@runtime_checkable
class Bounded(Protocol):
    """A model that says how far its latents go, such as one whose codes are all 0 until somebody moves them."""

    @property
    def ends(self) -> Float64[ndarray, "latents ends"]: ...


def sweep_ends(
    model: GenerativeModel, encoded: Encoded | None, quantiles: tuple[float, float], seed: int
) -> Float64[ndarray, "latents ends"]:
    """Where sweeps begin and end: where the model says, else at `quantiles` of the posterior or, without encoder, of the prior."""
    if isinstance(model, Bounded):
        return model.ends
    rng = np.random.default_rng([seed, 2])
    if encoded is None:
        codes = model.codes(rng.integers(0, 2**31, PRIOR))
    else:
        codes = encoded.means + np.exp(0.5 * encoded.log_variances) * rng.standard_normal(encoded.means.shape, np.float32)
    return np.quantile(codes.astype(np.float64), quantiles, axis=0).T


def with_intervals(truth: Truth, seen: Seen, factors: Sequence[Factor], seed: int) -> Truth:
    """The truth with the interval of each share in its evidence."""
    ends = share_intervals(seen.effects.variances, seed)
    found = {f"{end}/{f.name}": float(ends[k, e]) for k, f in enumerate(factors) for e, end in enumerate(("low", "high"))}
    return replace(truth, evidence={**truth.evidence, **found})
