"""Attention of the unit laid over the frames that a multimodal model is shown, as an option of the layout."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, ClassVar, Protocol, runtime_checkable

from jaxtyping import Float32, UInt8
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Traversal
from bench.attention.painting import painted, shares
from bench.component import component
from bench.errors import ConfigError
from bench.explainers.layouts import Frames, Layout, Looks, Pictures
from bench.interfaces import Dataset, GenerativeModel
from bench.truth.encoded import Autoencoder

Level = Annotated[int, Field(ge=0, le=255)]
Colour = tuple[Level, Level, Level]


@runtime_checkable
class OnFrames(Protocol):
    """A visual explainer that can also look at pictures that no dataset has, such as frames of a strip."""

    def on_frames(
        self, model: GenerativeModel, dataset: Dataset, frames: UInt8[ndarray, "n channels height width"], seed: int
    ) -> Float32[ndarray, "n maps height width"]: ...


@component
class Overlaid:
    """The pictures of the layout `of`, with the unit's `attention` in `colours` (from little to much) over each frame.

    Opacity is `alpha` where the map is largest in its strip and 0 where it is 0. A strip is shown as it is where the encoder's mean
    of no latent of the unit has a variance of at least `heard` along it: attention of a latent that is not used is that of noise.
    `words` say what the colours mean.
    """

    version: ClassVar[int] = 1

    of: Layout
    attention: OnFrames
    words: str
    alpha: Annotated[float, Field(gt=0, le=1)]
    colours: Annotated[tuple[Colour, ...], Field(min_length=1)]
    heard: Annotated[float, Field(ge=0)]

    @property
    def told(self) -> str:
        """The words of the layout, then those for the colours."""
        return "\n".join(filter(None, (self.of.told, self.words)))

    @property
    def several(self) -> str:
        """Those of the layout."""
        return self.of.several

    def pictures(self, images: Frames, attention: Looks | None = None) -> Pictures:
        """Frames without attention, or with none that is above 0, are those of the layout."""
        if attention is None or not (attention > 0).any():
            return self.of.pictures(images)
        return self.of.pictures(painted(images, shares(attention), self.colours, self.alpha))

    def attended(
        self, traversals: Sequence[Traversal], model: GenerativeModel, dataset: Dataset, seed: int
    ) -> tuple[Traversal, ...]:
        """The traversals with the attention of their unit: the mean of the maps of its latents."""
        if not isinstance(model, Autoencoder):
            raise ConfigError(
                f"expected a model with an encoder, such as a VAE, got {type(model).__name__}; pick a layout without overlay"
            )
        return tuple(self._attended(moved, model, dataset, seed) for moved in traversals)

    def _attended(self, moved: Traversal, model: Autoencoder, dataset: Dataset, seed: int) -> Traversal:
        rows, steps = moved.images.shape[:2]
        frames = moved.images.reshape(-1, *moved.images.shape[2:])
        if not (model.encode(frames)[0][:, list(moved.unit.latents)].var(0) >= self.heard).any():
            return moved
        maps = self.attention.on_frames(model, dataset, frames, seed)
        own = maps[:, list(moved.unit.latents) if maps.shape[1] > 1 else [0]].mean(1)
        return replace(moved, attention=own.reshape(rows, steps, *own.shape[1:]))
