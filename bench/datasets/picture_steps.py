"""What is done to a picture from a file before it is an image of a dataset. Steps are data: a list in the dataset's YAML."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from bench.component import component

if TYPE_CHECKING:
    from PIL.Image import Image

Side = Annotated[int, Field(gt=0)]


@component
class Resize:
    """The shorter side becomes `side` pixels, by an antialiased bilinear filter; the proportions stay."""

    version: ClassVar[int] = 1
    side: Side

    def __call__(self, picture: "Image") -> "Image":
        from PIL.Image import Resampling

        shorter = min(picture.size)
        width, height = (max(1, round(length * self.side / shorter)) for length in picture.size)
        return picture.resize((width, height), Resampling.BILINEAR)


@component
class CentralCrop:
    """The central square of `side` pixels; all of a side that is shorter. An odd rest leaves the larger part right and below."""

    version: ClassVar[int] = 1
    side: Side

    def __call__(self, picture: "Image") -> "Image":
        lengths = [min(self.side, length) for length in picture.size]
        left, top = ((whole - part) // 2 for whole, part in zip(picture.size, lengths, strict=True))
        return picture.crop((left, top, left + lengths[0], top + lengths[1]))


Step = Resize | CentralCrop
