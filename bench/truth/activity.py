"""Whether a latent is in use, by several rules at once: each has its own blind spot, so a latent is idle only if all agree."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray
from pydantic import Field

from bench.component import component
from bench.truth.status import Share

Positive = Annotated[float, Field(gt=0)]
Verdict = Literal["active", "inactive", "ambiguous"]


@component
class ActivityRules:
    """A latent is active by a rule when its number is above the rule's threshold (below it, for `posterior_variance`).

    Sources: variance of the means, Burda et al. (arXiv 1509.00519); divergence from the prior, Duan et al. (arXiv 1905.12614);
    standard deviation of the means, the FactorVAE score of Locatello et al. (arXiv 1811.12359); posterior variance near 1, the
    polarised regime, Bonheme and Grzes (arXiv 2109.12679). `picture` is the change of the decoded picture, in grey levels a pixel
    from one end of a strip to the other; it must also pass the 95th percentile of latents that the encoder does not use, and do so
    at more than `seen` of the references: one in twenty passes a 95th percentile by itself.
    """

    version: ClassVar[int] = 2
    mean_variance: Positive
    divergence: Positive
    mean_deviation: Positive
    posterior_variance: Positive
    picture: Positive
    seen: Share

    def encoder(
        self, means: Float32[ndarray, "n latents"], log_variances: Float32[ndarray, "n latents"]
    ) -> tuple[dict[str, Float64[ndarray, " latents"]], dict[str, ndarray]]:
        """The number of each rule that looks at the encoder, and what the rule says of each latent."""
        wide, logs = means.astype(np.float64), log_variances.astype(np.float64)
        spread, middle, within = wide.var(0), wide.mean(0), np.exp(logs).mean(0)
        numbers = {
            "mean_variance": spread,
            "divergence": 0.5 * (spread + np.square(middle) + within - logs.mean(0) - 1),
            "mean_deviation": np.sqrt(spread),
            "posterior_variance": within,
        }
        says = {
            "mean_variance": numbers["mean_variance"] > self.mean_variance,
            "divergence": numbers["divergence"] > self.divergence,
            "mean_deviation": numbers["mean_deviation"] >= self.mean_deviation,
            "posterior_variance": numbers["posterior_variance"] < self.posterior_variance,
        }
        return numbers, says

    def floor(self, null: Float64[ndarray, " n"]) -> float:
        """The change of a picture above which a move is seen; `null` holds the changes by latents that are not in use."""
        return max(self.picture, float(np.quantile(null, 0.95)) if len(null) else 0.0)


def verdict(rules: Mapping[str, bool]) -> Verdict:
    """Active or inactive where all rules agree, else ambiguous."""
    if all(rules.values()):
        return "active"
    return "ambiguous" if any(rules.values()) else "inactive"
