"""A ceiling: methods that know pictures of everything, PaDiM (Defard et al. 2021) and PatchCore (Roth et al. 2022), by anomalib."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from jaxtyping import Float32, UInt8
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Explanation, Truth
from bench.attention.pictures import STATISTICS, Selection, drawn
from bench.attention.record import Attention
from bench.clients.extras import sdk
from bench.component import component
from bench.errors import DataError
from bench.hardware import torch_threads, usable
from bench.interfaces import Dataset, GenerativeModel

if TYPE_CHECKING:
    import torch

Images = UInt8[ndarray, "n channels height width"]
Count = Annotated[int, Field(gt=0)]
MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, by colour


@component
class PretrainedFeatures:
    """Patches that no normal picture has, by features at `layers` of `backbone`; the model that is explained plays no part.

    Fitted on `normal` pictures to learn from, scaled to `side`; PatchCore keeps the share `coreset` of their patches. With
    `pretrained` the features are those of ImageNet, from timm's weights on this machine or from its hub.
    """

    version: ClassVar[int] = 1
    pictures: Selection
    method: Literal["padim", "patchcore"]
    backbone: str
    layers: tuple[str, ...]
    pretrained: bool
    normal: Count
    coreset: Annotated[float, Field(gt=0, le=1)]
    side: Count
    device: str
    threads: Count
    batch_size: Count

    def look(
        self,
        model: GenerativeModel,
        dataset: Dataset,
        truths: Sequence[Truth],  # noqa: ARG002
        seed: int,
    ) -> Sequence[Explanation]:
        """One explanation per unit, all with the same maps. Raises `ConfigError` without anomalib, `DataError` without weights."""
        index = self.pictures.index(dataset, seed)
        with torch_threads(self.threads), _seeded(seed):
            fitted = self._fitted(dataset.images(drawn(dataset, self.normal, [seed, STATISTICS])))
            maps = np.concatenate([self._maps(fitted, part) for part in self._batches(dataset.images(index))])
        return [Explanation(unit.name, None, attention=Attention(index, maps)) for unit in model.units]

    def _fitted(self, normal: Images) -> "torch.nn.Module":
        model = self._empty().to(usable(self.device)).train()
        for part in self._batches(normal):
            model(self._scaled(part))
        if self.method == "padim":
            model.fit()  # type: ignore[operator]
        else:
            model.subsample_embedding(self.coreset)  # type: ignore[operator]
        return model.eval()

    def _empty(self) -> "torch.nn.Module":
        name = {"padim": "PadimModel", "patchcore": "PatchcoreModel"}[self.method]
        kind = getattr(sdk(f"anomalib.models.image.{self.method}.torch_model", "anomalib"), name)
        try:
            made: torch.nn.Module = kind(backbone=self.backbone, layers=list(self.layers), pre_trained=self.pretrained)
        except OSError as error:
            raise DataError(
                f"expected weights of {self.backbone} for timm on this machine or on its hub, got {type(error).__name__}; fetch "
                "them once with a network, or set explainer.pretrained=false for features that have learnt nothing"
            ) from error
        return made

    def _maps(
        self, fitted: "torch.nn.Module", part: UInt8[ndarray, "n channels height width"]
    ) -> Float32[ndarray, "n height width"]:
        import torch
        from torch.nn.functional import interpolate

        with torch.no_grad():
            found = fitted(self._scaled(part)).anomaly_map
        shown: ndarray = interpolate(found, part.shape[-2:], mode="bilinear", align_corners=False)[:, 0].cpu().numpy()
        return shown.astype(np.float32)

    def _scaled(self, part: Images) -> "torch.Tensor":
        import torch
        from torch.nn.functional import interpolate

        pixels = torch.from_numpy(part).to(self.device).float().div(255).expand(-1, 3, -1, -1)
        wide = interpolate(pixels, (self.side, self.side), mode="bilinear", align_corners=False, antialias=True)
        mean, spread = (torch.tensor(values, device=self.device)[:, None, None] for values in (MEAN, SPREAD))
        return (wide - mean) / spread

    def _batches(self, images: ndarray) -> Iterator[ndarray]:
        return (images[start : start + self.batch_size] for start in range(0, len(images), self.batch_size))


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Global generators at `seed`, which anomalib draws from, and as they were afterwards."""
    import torch

    before, numbers = random.getstate(), np.random.get_state()
    with torch.random.fork_rng():
        random.seed(seed)
        np.random.seed(seed)
        torch.manual_seed(seed)
        try:
            yield
        finally:
            random.setstate(before)
            np.random.set_state(numbers)
