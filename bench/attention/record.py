"""What a visual explanation holds: one map a picture, as it came, neither scaled nor cut."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from jaxtyping import Float32, Int
from numpy import ndarray


@dataclass(frozen=True, eq=False)
class Attention:
    """Where one unit looks in some pictures of the dataset: `index` names the pictures, `maps` has their size.

    A larger value is more of what the explainer calls attention; no two explainers share a scale. `redrawn` are the maps that the
    same explainer makes of the first pictures after the weights of the encoder were drawn anew (`None`: it was not asked).
    """

    index: Int[ndarray, " n"]
    maps: Float32[ndarray, "n height width"]
    redrawn: Float32[ndarray, "few height width"] | None = None

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"arbitrary_types_allowed": True}  # records are read back by pydantic
