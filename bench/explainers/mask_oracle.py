"""The ceiling of a table of maps: the very pixels that the unit's factors change."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
from pydantic import Field

from bench.artifacts import Explanation, Truth
from bench.attention.pictures import Pictures
from bench.attention.record import Attention
from bench.attention.smoothing import smoothed
from bench.component import component
from bench.errors import ConfigError
from bench.interfaces import Dataset, GenerativeModel
from bench.truth.masks import FactorMasks

if TYPE_CHECKING:
    from jaxtyping import Float32
    from numpy import ndarray


@component
class MaskOracle:
    """Shows the masks of the factors in each unit's truth, smoothed by `width` pixels; abstains on units without effects.

    Of no use where nobody knows the truth: then it raises `ConfigError`.
    """

    version: ClassVar[int] = 1
    pictures: Pictures
    masks: FactorMasks
    width: Annotated[float, Field(ge=0)]

    def look(self, model: GenerativeModel, dataset: Dataset, truths: Sequence[Truth], seed: int) -> Sequence[Explanation]:
        """One explanation per unit."""
        known, index = {truth.unit: truth for truth in truths}, self.pictures.index(dataset, seed)
        if lacking := [unit.name for unit in model.units if unit.name not in known]:
            raise ConfigError(f"the oracle of maps answers from the truth, and nobody knows it of {', '.join(lacking)}")
        said = []
        for truth in (known[unit.name] for unit in model.units):
            shown = None
            if truth.effects:
                maps = self._smooth(self.masks.mixed(truth.effects, dataset, index))
                shown = Attention(index, maps, maps[: self.pictures.checked] if self.pictures.checked else None)
            said.append(Explanation(truth.unit, None, attention=shown))
        return said

    def _smooth(self, masks: "Float32[ndarray, 'n height width']") -> "Float32[ndarray, 'n height width']":
        import torch

        return np.asarray(smoothed(torch.from_numpy(masks)[:, None], self.width)[:, 0].numpy())
