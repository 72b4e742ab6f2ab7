"""What an explainer offers that is shown where a unit looks, beside the frames of its strips."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from bench.artifacts import Traversal
from bench.interfaces import Dataset, GenerativeModel


@runtime_checkable
class Attending(Protocol):
    """`attends` says whether it is; `attended` gives the traversals that it sends with the attention of their unit."""

    @property
    def attends(self) -> bool: ...
    def attended(
        self, traversals: Sequence[Traversal], model: GenerativeModel, dataset: Dataset, seed: int
    ) -> Sequence[Traversal]: ...
