"""How much of a picture is left at each time: the noise schedule of a diffusion model."""

from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from pydantic import Field

from bench.component import component
from bench.errors import ConfigError

Beta = Annotated[float, Field(gt=0, lt=1)]


@component
class Schedule:
    """Variances β rise on a straight line over `steps` times (Ho et al., NeurIPS 2020)."""

    version: ClassVar[int] = 1
    steps: Annotated[int, Field(gt=1)]
    first: Beta
    last: Beta

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ConfigError(f"expected first ≤ last, got {self.first} and {self.last}")

    @property
    def kept(self) -> Float64[ndarray, " times"]:
        """ᾱ_t = Π (1 − β): the part of the variance at time t that is picture."""
        return np.asarray(np.cumprod(1 - np.linspace(self.first, self.last, self.steps)))
