"""An unconditional diffusion model that somebody else trained: any `DDPMPipeline` of diffusers."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bench.component import component
from bench.encoders.pretrained import quiet
from bench.hardware import usable
from bench.interfaces import Dataset, Weights
from bench.models.ddim import Grid
from bench.models.from_diffusers import from_diffusers
from bench.models.pipelines import kept, part, pinned, pipeline_folder, ready
from bench.models.unet_denoiser import UNetDenoiser


@component
class PretrainedDDPM:
    """A folder that `save_pretrained` wrote, or a hub id at a commit. On its own it draws pictures over `grid`.

    `sliced` attends one head of one picture at a time, where memory is short.
    """

    version: ClassVar[int] = 1
    trained: ClassVar[bool] = False
    model: str
    revision: str | None
    precision: Literal["float32", "bfloat16"]
    grid: Grid
    sliced: bool
    device: str
    threads: Annotated[int, Field(gt=0)]
    batch_size: Annotated[int, Field(gt=0)]

    def __post_init__(self) -> None:
        pinned(self.model, self.revision)

    def fit(self, dataset: Dataset, seed: int, scratch: Path) -> Weights:  # noqa: ARG002
        """Nothing to train, and nothing to copy into the store."""
        return {}

    def load(self, dataset: Dataset, weights: Weights) -> UNetDenoiser:  # noqa: ARG002
        """The model. Raises `ConfigError` or `DataError` when it cannot be found or used."""
        import torch

        folder = pipeline_folder(self.model, self.revision, ("unet", "scheduler"))
        schedule, device = kept(folder), usable(self.device)
        with quiet():
            network = from_diffusers("UNet2DModel").from_pretrained(
                part(folder, "unet"),
                use_safetensors=True,
                low_cpu_mem_usage=False,
                torch_dtype=getattr(torch, self.precision),
            )
        network = ready(network, self.sliced).to(device)
        return UNetDenoiser(network, "noise", 1, schedule, self.grid, device, self.threads, self.batch_size)
