"""Steps as wide as it takes to see something: gains at which the two ends of every direction differ by a target change."""

from dataclasses import replace
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from pydantic import Field

from bench.component import component
from bench.models.direction_model import DirectionModel

PROBES = 12  # first number of the seed of the variations that are tried
Positive = Annotated[float, Field(gt=0)]


@component
class Calibration:
    """The smallest gain in [`least`, `most`] at which the ends of a direction differ by `target` in the picture.

    The difference is the mean one of pixels as a share of the whole range, on the mean of `probes` variations. Bisection of the
    logarithm takes it to rise with the gain; a direction that never differs by as much has the gain `most`.
    """

    version: ClassVar[int] = 1
    target: Annotated[float, Field(gt=0, le=1)]
    least: Positive
    most: Positive
    probes: Annotated[int, Field(gt=0)]
    halvings: Annotated[int, Field(gt=0)]

    def __call__(self, model: DirectionModel) -> Float64[ndarray, "contexts rank"]:
        """One gain for each context and direction."""
        low, high = (np.full(model.gains.shape, np.log(end)) for end in (self.least, self.most))
        for _ in range(self.halvings):
            middle = (low + high) / 2
            enough = self._change(replace(model, gains=np.exp(middle))) >= self.target
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        return np.asarray(np.exp(high))

    def _change(self, model: DirectionModel) -> Float64[ndarray, "contexts rank"]:
        """How far the ends of each direction are apart."""
        anchors = np.random.default_rng(PROBES).choice(2**31, self.probes, replace=False)
        contexts, rank = model.gains.shape
        codes = np.zeros((contexts, rank, self.probes, 2, model.latents), np.float32)
        codes[..., -2:] = np.arange(contexts).reshape(-1, 1, 1, 1, 1)
        for k in range(rank):
            codes[:, k, :, :, k] = model.ends[k]
        flat = codes.reshape(-1, model.latents)
        pictures = model.render(np.tile(np.repeat(anchors, 2), contexts * rank), flat).astype(np.int16)
        pairs = pictures.reshape(contexts, rank, self.probes, 2, -1)
        return np.asarray(np.abs(pairs[..., 1, :] - pairs[..., 0, :]).mean((2, 3)) / 255.0)
