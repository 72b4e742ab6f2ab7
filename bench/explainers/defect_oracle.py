"""The ceiling of a table of defects: the very pixels that are defective."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from bench.artifacts import Explanation, Truth
from bench.attention.pictures import ToInspect
from bench.attention.record import Attention
from bench.component import component
from bench.datasets.inspected import Inspected
from bench.interfaces import Dataset, GenerativeModel


@component
class DefectOracle:
    """Shows the masks themselves. Raises `ConfigError` for a dataset that has none."""

    version: ClassVar[int] = 1
    pictures: ToInspect

    def look(
        self,
        model: GenerativeModel,
        dataset: Dataset,
        truths: Sequence[Truth],  # noqa: ARG002
        seed: int,
    ) -> Sequence[Explanation]:
        """One explanation per unit, all with the same maps."""
        index = self.pictures.index(dataset, seed)
        assert isinstance(dataset, Inspected)
        shown = Attention(index, dataset.masks(index).astype(np.float32))
        return [Explanation(unit.name, None, attention=shown) for unit in model.units]
