"""What is differentiated: a number for each latent whose gradient is a known mix of those of its mean and its log-variance.

A target gives the two weights of that mix for each draw, picture and latent, so that one backward pass serves all targets.
"""

from typing import Annotated, ClassVar, Literal, NamedTuple, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float64, Int
from numpy import ndarray
from pydantic import Field

from bench.component import component

Count = Annotated[int, Field(gt=0)]
Posteriors = Float64[ndarray, "n latents"]
Weights = Float64[ndarray, "draws n latents"]


class Aggregate(NamedTuple):
    """The posteriors of many pictures in one: the mean of means, the variance of means and the mean of variances, by latent."""

    mean: Float64[ndarray, " latents"]
    spread: Float64[ndarray, " latents"]
    variance: Float64[ndarray, " latents"]


@runtime_checkable
class Target(Protocol):
    """Weights of d mean and of d log-variance in the gradient of what is explained.

    `pictures` says how many pictures tell what is normal; of none, `normal` is all zeros.
    """

    @property
    def pictures(self) -> int: ...
    def weights(
        self, mean: Posteriors, log_variance: Posteriors, normal: Aggregate, index: Int[ndarray, " n"], seed: int
    ) -> tuple[Weights, Weights]: ...


@component
class Mean:
    """The mean of each latent (Liu et al. 2020, equations 1 and 2)."""

    version: ClassVar[int] = 1

    @property
    def pictures(self) -> int:
        """None are needed."""
        return 0

    def weights(
        self,
        mean: Posteriors,
        log_variance: Posteriors,  # noqa: ARG002
        normal: Aggregate,  # noqa: ARG002
        index: Int[ndarray, " n"],  # noqa: ARG002
        seed: int,  # noqa: ARG002
    ) -> tuple[Weights, Weights]:
        return np.ones((1, *mean.shape)), np.zeros((1, *mean.shape))


@component
class Difference:
    """`draws` samples of u ~ N(m - mean, v + variance), with m and v of the normal pictures (Liu et al. 2020, equation 4).

    m is constant, so in expectation this is minus the mean: what is normal decides nothing but how large the noise is.
    """

    version: ClassVar[int] = 1
    draws: Count
    pictures: Count

    def weights(
        self,
        mean: Posteriors,
        log_variance: Posteriors,
        normal: Aggregate,
        index: Int[ndarray, " n"],
        seed: int,
    ) -> tuple[Weights, Weights]:
        shape = (self.draws, mean.shape[1])
        noise = np.stack([np.random.default_rng([seed, picture]).standard_normal(shape) for picture in index.tolist()], axis=1)
        variance = np.exp(log_variance)
        return np.full(noise.shape, -1.0), noise * variance / (2 * np.sqrt(normal.variance + variance))


@component
class Deviation:
    """How far the posterior is from the aggregate one, by latent: its sign does not depend on that of the latent.

    `mahalanobis`: (mean - m)² / 2v; `divergence`: KL(N(mean, variance) || N(m, v)); v is the variance of a code over pictures.
    """

    version: ClassVar[int] = 1
    measure: Literal["mahalanobis", "divergence"]
    pictures: Count

    def weights(
        self,
        mean: Posteriors,
        log_variance: Posteriors,
        normal: Aggregate,
        index: Int[ndarray, " n"],  # noqa: ARG002
        seed: int,  # noqa: ARG002
    ) -> tuple[Weights, Weights]:
        whole = normal.spread + normal.variance
        outer = (np.exp(log_variance) / whole - 1) / 2 if self.measure == "divergence" else np.zeros_like(mean)
        return ((mean - normal.mean) / whole)[None], outer[None]
