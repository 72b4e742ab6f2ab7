"""From a way to draw maps to one visual explanation a unit: what all explainers that look through an encoder share."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
from jaxtyping import Float32, Int, UInt8
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Explanation, Unit
from bench.attention.opened import Openable, Opened
from bench.attention.pictures import Selection
from bench.attention.record import Attention
from bench.component import component
from bench.errors import ConfigError
from bench.hardware import torch_threads
from bench.interfaces import Dataset, GenerativeModel

if TYPE_CHECKING:
    import torch

    Draw = Callable[[Opened, torch.Tensor, ndarray], torch.Tensor]

Images = UInt8[ndarray, "n channels height width"]
ANEW = 31  # second number of the seed of weights that are drawn anew


@component
class Looking:
    """Looks at `pictures` through the encoder, cut after convolution `layer` and its ReLU if `rectified`; 0 is the pixels.

    With `redrawn` the weights of the encoder are drawn anew first, by the seed of the cell: a control that has learnt nothing.
    """

    version: ClassVar[int] = 1
    pictures: Selection
    layer: Annotated[int, Field(ge=0)]
    rectified: bool
    redrawn: bool

    def opened(self, model: GenerativeModel, seed: int, again: bool = False) -> Opened:
        """The encoder. Raises `ConfigError` for a model that has none, or none that can be cut there."""
        if not isinstance(model, Openable):
            raise ConfigError(
                f"expected a model with an encoder that can be opened, such as a VAE, got {type(model).__name__}; pick such a "
                "model, or an explainer that looks at pictures alone"
            )
        anew = int(np.random.default_rng([seed, ANEW, again]).integers(2**31)) if again or self.redrawn else None
        return model.opened(self.layer, self.rectified, anew)

    def explain(self, model: GenerativeModel, dataset: Dataset, seed: int, draw: "Draw") -> list[Explanation]:
        """One explanation per unit; the map of a unit is the mean over its latents.

        `draw(opened, pixels, index)` gives maps (n, latents, height, width); with one latent all units have that map.
        """
        index = self.pictures.index(dataset, seed)
        maps = _maps(self.opened(model, seed), dataset.images, index, draw)
        few = index[: self.pictures.checked]
        anew = _maps(self.opened(model, seed, again=True), dataset.images, few, draw) if len(few) else None
        return _explanations(model.units, index, maps, anew)

    def on_frames(
        self, model: GenerativeModel, frames: Images, seed: int, draw: "Draw"
    ) -> Float32[ndarray, "n latents height width"]:
        """Maps of pictures that are given, whatever `pictures` says."""
        return _maps(self.opened(model, seed), lambda index: frames[index], np.arange(len(frames)), draw)


def _maps(
    opened: Opened, images: Callable[[Int[ndarray, " n"]], Images], index: Int[ndarray, " n"], draw: "Draw"
) -> Float32[ndarray, "n latents height width"]:
    import torch

    parts = []
    with torch_threads(opened.threads):
        for start in range(0, len(index), opened.batch_size):
            batch = index[start : start + opened.batch_size]
            pixels = torch.from_numpy(images(batch)).to(opened.device).float().div_(255)
            parts.append(draw(opened, pixels, batch).detach().cpu().numpy().astype(np.float32))
    return np.concatenate(parts)


def _explanations(
    units: tuple[Unit, ...],
    index: Int[ndarray, " n"],
    maps: Float32[ndarray, "n latents height width"],
    anew: Float32[ndarray, "few latents height width"] | None,
) -> list[Explanation]:
    if maps.shape[1] == 1:
        same = Attention(index, maps[:, 0], None if anew is None else anew[:, 0])
        return [Explanation(unit.name, None, attention=same) for unit in units]
    own = [list(unit.latents) for unit in units]
    made = [Attention(index, maps[:, i].mean(1), None if anew is None else anew[:, i].mean(1)) for i in own]
    return [Explanation(unit.name, None, attention=one) for unit, one in zip(units, made, strict=True)]
