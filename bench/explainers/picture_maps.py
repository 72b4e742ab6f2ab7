"""Controls that look at a picture and at no model: every unit gets the same map, so nothing they score is about a latent."""

from collections.abc import Callable, Sequence
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Float32, Float64, Int, UInt8
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Explanation, Truth
from bench.attention.pictures import Selection, background
from bench.attention.record import Attention
from bench.component import component
from bench.interfaces import Dataset, GenerativeModel

Images = UInt8[ndarray, "n channels height width"]
Maps = Float32[ndarray, "n height width"]


@component
class CentreBlob:
    """A Gaussian in the middle of the picture; `width` is its standard deviation as a share of the height."""

    version: ClassVar[int] = 1
    pictures: Selection
    width: Annotated[float, Field(gt=0)]

    def look(
        self,
        model: GenerativeModel,
        dataset: Dataset,
        truths: Sequence[Truth],  # noqa: ARG002
        seed: int,
    ) -> Sequence[Explanation]:
        """One explanation per unit, all with the same maps."""

        def draw(images: Images, index: Int[ndarray, " n"]) -> Maps:  # noqa: ARG001
            height, width = images.shape[-2:]
            down, across = (np.arange(side) - (side - 1) / 2 for side in (height, width))
            bell = np.exp(-(down[:, None] ** 2 + across**2) / (2 * (self.width * height) ** 2))
            return np.broadcast_to(bell, (len(images), height, width)).astype(np.float32)

        return _same(model, dataset, self.pictures, seed, draw)


@component
class ObjectMask:
    """How far each pixel is from the median picture of the dataset: on a plain ground, the object itself."""

    version: ClassVar[int] = 1
    pictures: Selection

    def look(
        self,
        model: GenerativeModel,
        dataset: Dataset,
        truths: Sequence[Truth],  # noqa: ARG002
        seed: int,
    ) -> Sequence[Explanation]:
        """One explanation per unit, all with the same maps."""
        behind = background(dataset, seed)
        return _same(model, dataset, self.pictures, seed, lambda images, _: _apart(images, behind).astype(np.float32))


@component
class Outline:
    """How far each pixel is from its neighbours: the root of the squared central differences, summed over colours."""

    version: ClassVar[int] = 1
    pictures: Selection

    def look(
        self,
        model: GenerativeModel,
        dataset: Dataset,
        truths: Sequence[Truth],  # noqa: ARG002
        seed: int,
    ) -> Sequence[Explanation]:
        """One explanation per unit, all with the same maps."""

        def draw(images: Images, index: Int[ndarray, " n"]) -> Maps:  # noqa: ARG001
            down, across = np.gradient(images.astype(np.float64) / 255, axis=(-2, -1))
            return np.asarray(np.sqrt((down**2 + across**2).sum(1)), np.float32)

        return _same(model, dataset, self.pictures, seed, draw)


@component
class Noise:
    """Independent uniform numbers: a map of nothing."""

    version: ClassVar[int] = 1
    pictures: Selection

    def look(
        self,
        model: GenerativeModel,
        dataset: Dataset,
        truths: Sequence[Truth],  # noqa: ARG002
        seed: int,
    ) -> Sequence[Explanation]:
        """One explanation per unit, all with the same maps."""

        def draw(images: Images, index: Int[ndarray, " n"]) -> Maps:
            return np.stack([np.random.default_rng([seed, i]).random(images.shape[-2:], np.float32) for i in index.tolist()])

        return _same(model, dataset, self.pictures, seed, draw)


def _apart(images: Images, behind: UInt8[ndarray, "channels height width"]) -> Float64[ndarray, "n height width"]:
    return np.asarray(np.abs(images.astype(np.float64) - behind).mean(1) / 255)


def _same(
    model: GenerativeModel, dataset: Dataset, pictures: Selection, seed: int, draw: Callable[[Images, ndarray], Maps]
) -> list[Explanation]:
    """The same maps for all units; drawing the weights of a model anew does not change them."""
    index = pictures.index(dataset, seed)
    maps = draw(dataset.images(index), index)
    shown = Attention(index, maps, maps[: pictures.checked] if pictures.checked else None)
    return [Explanation(unit.name, None, attention=shown) for unit in model.units]
