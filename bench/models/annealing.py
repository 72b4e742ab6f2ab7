"""A prior that lets go slowly: latents switch on one by one, the most telling first, and stay apart.

The idea is that of deterministic annealing (Rose, 1998); Burgess et al. (arXiv 1804.03599) raise the capacity of a VAE to that end.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from bench.component import component


@component
class Annealing:
    """The factor falls from `factor` to 1 over the first `share` of the training, each step by the same ratio; then it stays."""

    version: ClassVar[int] = 1
    factor: Annotated[float, Field(ge=1)]
    share: Annotated[float, Field(gt=0, le=1)]

    def __call__(self, done: float) -> float:
        """What to multiply a weight by when this share of the training, in [0, 1], is done."""
        return float(self.factor ** max(0.0, 1 - done / self.share))
