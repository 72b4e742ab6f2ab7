"""How a traversal becomes pictures for a model: one sheet of all rows, with or without numbers beside them, or frame by frame."""

from typing import Annotated, ClassVar, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32, UInt8
from numpy import ndarray
from pydantic import Field

from bench.component import component
from bench.explainers.sheet import numbered, sheet

Frames = UInt8[ndarray, "rows steps channels height width"]
Looks = Float32[ndarray, "rows steps height width"]
Pictures = tuple[UInt8[ndarray, "_channels _height _width"], ...]


@runtime_checkable
class Layout(Protocol):
    """Makes pictures of one traversal. `told` and `several` (more than one traversal) are the words for it in the prompt.

    In both, `{rows}`, `{steps}` and `{sheets}` (the number of traversals) are filled in. `attention` is where the unit looks, for
    layouts that show it (see `overlay.py`).
    """

    @property
    def told(self) -> str: ...
    @property
    def several(self) -> str: ...
    def pictures(self, images: Frames, attention: Looks | None = None) -> Pictures: ...


@component
class OneSheet:
    """All rows below each other in one picture; `numbers` writes the number of each row, from 1, to its left."""

    version: ClassVar[int] = 1

    told: str
    several: str
    frame: Annotated[int, Field(ge=1)]
    gap: Annotated[int, Field(ge=0)]
    numbers: bool

    def pictures(self, images: Frames, attention: Looks | None = None) -> Pictures:  # noqa: ARG002
        """One picture."""
        picture = sheet(images, self.frame, self.gap)
        return (numbered(picture, len(images), self.gap) if self.numbers else picture,)


@component
class SeparateFrames:
    """Each frame its own picture, row after row and in each row from left to right; small frames are enlarged."""

    version: ClassVar[int] = 1

    told: str
    several: str
    frame: Annotated[int, Field(ge=1)]

    def pictures(self, images: Frames, attention: Looks | None = None) -> Pictures:  # noqa: ARG002
        """As many pictures as frames."""
        singles = images.reshape(-1, 1, 1, *images.shape[2:])
        return tuple(np.ascontiguousarray(sheet(single, self.frame, 0)) for single in singles)
