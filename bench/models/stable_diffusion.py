"""Stable Diffusion (Rombach et al., CVPR 2022), versions 1 and 2: states are those of its auto-encoder, prompts steer it."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bench.component import component
from bench.encoders.pretrained import quiet
from bench.errors import ConfigError
from bench.hardware import usable
from bench.interfaces import Dataset, Weights
from bench.models.from_diffusers import from_diffusers
from bench.models.latent_denoiser import LatentDenoiser
from bench.models.pipelines import kept, part, pinned, pipeline_folder, ready
from bench.models.turns import Turns

PARTS = ("unet", "vae", "text_encoder", "tokenizer", "scheduler")


@component
class StableDiffusion:
    """A folder that `save_pretrained` wrote, or a hub id at a commit.

    `guidance` w steers by ε(∅) + w (ε(prompt) − ε(∅)); 1 is without. Where memory is short: `sliced` attends one head of one
    picture and decodes one picture at a time, and `offloaded` lets U-Net, auto-encoder and text encoder take turns on the device.
    """

    version: ClassVar[int] = 1
    trained: ClassVar[bool] = False
    model: str
    revision: str | None
    precision: Literal["float32", "bfloat16"]
    guidance: Annotated[float, Field(ge=0)]
    sliced: bool
    offloaded: bool
    device: str

    def __post_init__(self) -> None:
        pinned(self.model, self.revision)

    def fit(self, dataset: Dataset, seed: int, scratch: Path) -> Weights:  # noqa: ARG002
        """Nothing to train, and nothing to copy into the store."""
        return {}

    def load(self, dataset: Dataset, weights: Weights) -> LatentDenoiser:  # noqa: ARG002
        """The model. Raises `ConfigError` or `DataError` when it cannot be found or used."""
        import torch
        from transformers import CLIPTextModel, CLIPTokenizer

        folder, device = pipeline_folder(self.model, self.revision, PARTS), usable(self.device)
        schedule = kept(folder)
        whole = {"use_safetensors": True, "torch_dtype": getattr(torch, self.precision)}
        with quiet():
            unet = from_diffusers("UNet2DConditionModel").from_pretrained(part(folder, "unet"), low_cpu_mem_usage=False, **whole)
            vae = from_diffusers("AutoencoderKL").from_pretrained(part(folder, "vae"), low_cpu_mem_usage=False, **whole)
            text = CLIPTextModel.from_pretrained(part(folder, "text_encoder"), **whole)
            tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
        if unet.config.in_channels != vae.config.latent_channels or unet.config.addition_embed_type is not None:
            raise ConfigError(
                f"expected a U-Net that takes the {vae.config.latent_channels} channels of the auto-encoder and a prompt, got one "
                "for more, an edited picture or sizes; choose a plain pipeline of version 1 or 2"
            )
        if self.sliced:
            vae.enable_slicing()
        turns = Turns(device, self.offloaded)
        unet = turns.given(ready(unet, self.sliced))
        vae, text = (turns.given(module.eval().requires_grad_(False)) for module in (vae, text))
        return LatentDenoiser(unet, vae, text, tokenizer, schedule, self.guidance, turns)
