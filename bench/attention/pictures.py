"""Which pictures of a dataset a visual explainer looks at: the same ones for every explainer with the same numbers and seed."""

from typing import Annotated, ClassVar, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Int, UInt8
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Explanation
from bench.component import component
from bench.datasets.inspected import Inspected
from bench.errors import ConfigError
from bench.interfaces import Dataset

LOOK, STATISTICS = 21, 22  # second numbers of seeds, so that no picture is looked at because it made the statistics


@runtime_checkable
class Selection(Protocol):
    """Which pictures of a dataset to look at; maps of the first `checked` are also made with weights drawn anew."""

    @property
    def checked(self) -> int: ...
    def index(self, dataset: Dataset, seed: int) -> Int[ndarray, " n"]: ...


@component
class Pictures:
    """`shown` pictures drawn from the dataset; maps of the first `checked` are also made with weights drawn anew."""

    version: ClassVar[int] = 1
    shown: Annotated[int, Field(gt=0)]
    checked: Annotated[int, Field(ge=0)]

    def index(self, dataset: Dataset, seed: int) -> Int[ndarray, " n"]:
        """Which pictures; all of them where there are no more."""
        return drawn(dataset, self.shown, [seed, LOOK])


@component
class ToInspect:
    """All pictures of a dataset of one class that no model learns from: those for trial, then the test pictures."""

    version: ClassVar[int] = 1

    @property
    def checked(self) -> int:
        """None are made again."""
        return 0

    def index(self, dataset: Dataset, seed: int) -> Int[ndarray, " n"]:  # noqa: ARG002
        """Which pictures. Raises `ConfigError` for a dataset that has nothing to inspect."""
        if not isinstance(dataset, Inspected):
            raise ConfigError(
                f"expected a dataset of one class with pictures to inspect, such as dataset=defects, got {type(dataset).__name__}; "
                "pick one, or an explainer of another dataset's pictures"
            )
        return np.concatenate([dataset.trial, dataset.tested])


def drawn(dataset: Dataset, count: int, seed: list[int]) -> Int[ndarray, " n"]:
    """Distinct pictures in an order of chance."""
    return np.random.default_rng(seed).choice(len(dataset), min(count, len(dataset)), replace=False)


def looked_at(said: Explanation, dataset: Dataset, most: int = 6) -> UInt8[ndarray, "n channels height width"] | None:
    """The first pictures that an explanation shows maps of; `None` without maps."""
    return None if said.attention is None else dataset.images(np.asarray(said.attention.index[:most]))


def background(dataset: Dataset, seed: int, sample: int = 256) -> UInt8[ndarray, "channels height width"]:
    """The median picture of a sample: what is behind an object that is not always in one place."""
    return np.asarray(np.median(dataset.images(drawn(dataset, sample, [seed, STATISTICS])), axis=0).astype(np.uint8))
