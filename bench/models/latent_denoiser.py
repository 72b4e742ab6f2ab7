"""A denoiser that works on the codes of an auto-encoder and listens to a prompt."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float32, Float64, Int, UInt8
from numpy import ndarray

from bench.artifacts import Unit
from bench.errors import ConfigError
from bench.models.turns import Turns
from bench.models.unet_denoiser import added, reached

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class LatentDenoiser:
    """A conditional U-Net, its auto-encoder and its text encoder, ready to use. On its own it has no units."""

    network: Any
    autoencoder: Any
    text: Any
    tokenizer: Any
    kept: Float64[ndarray, " times"]
    guidance: float
    turns: Turns
    latents: int = 0
    units: tuple[Unit, ...] = ()
    heard: dict[str, Any] = field(default_factory=dict, repr=False)  # prompts that were encoded

    @property
    def device(self) -> str:
        """Where states are."""
        return self.turns.device

    @property
    def shape(self) -> tuple[int, ...]:
        """Channels, height and width of a state."""
        config = self.network.config
        return (config.in_channels, config.sample_size, config.sample_size)

    def noise(self, x: "torch.Tensor", time: int, prompts: Sequence[str]) -> "torch.Tensor":
        """ε(x, t, prompt)."""
        told = self._told(x, time, prompts)
        if self.guidance == 1:
            return told
        plain = self._told(x, time, [""] * len(x))
        return plain + self.guidance * (told - plain)

    def bottleneck(self, x: "torch.Tensor", time: int, prompts: Sequence[str]) -> "torch.Tensor":
        """h(x, t, prompt); what comes after the middle block is not computed."""
        return reached(self.network.mid_block, lambda: self._told(x, time, prompts))

    def shifted(self, x: "torch.Tensor", time: int, prompts: Sequence[str], shift: "torch.Tensor") -> "torch.Tensor":
        """ε(x, t, prompt) with `shift` added to h."""
        with added(self.network.mid_block, shift):
            return self.noise(x, time, prompts)

    def clean(self, images: UInt8[ndarray, "n channels height width"]) -> "torch.Tensor":
        """The most likely codes of pictures. Raises `ConfigError` unless they have the model's size and colours."""
        import torch

        side = self.shape[1] * 2 ** (len(self.autoencoder.config.block_out_channels) - 1)
        wanted = (self.autoencoder.config.in_channels, side, side)
        if images.shape[1:] != wanted:
            raise ConfigError(
                f"expected pictures of shape {wanted}, got {images.shape[1:]}; choose another dataset, or start=noise"
            )
        pixels = torch.from_numpy(images).to(self.device, self.autoencoder.dtype) / 127.5 - 1
        codes = self.turns.take(self.autoencoder).encode(pixels).latent_dist.mode() * self.autoencoder.config.scaling_factor
        clean: torch.Tensor = codes.float()
        return clean

    def pictures(self, x: "torch.Tensor") -> UInt8[ndarray, "n channels height width"]:
        """Decoded pixels rounded to 0 to 255; what lies outside is cut off."""
        import torch

        codes = x.to(self.autoencoder.dtype) / self.autoencoder.config.scaling_factor
        pixels = self.turns.take(self.autoencoder).decode(codes).sample
        drawn: ndarray = ((pixels.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).cpu().numpy()
        return drawn

    def codes(self, anchors: Int[ndarray, " n"]) -> Float32[ndarray, "n latents"]:
        """Nothing: noise and prompt say all."""
        return np.zeros((len(anchors), 0), np.float32)

    def render(
        self,
        anchors: Int[ndarray, " n"],  # noqa: ARG002
        codes: Float32[ndarray, "n latents"],  # noqa: ARG002
    ) -> UInt8[ndarray, "n channels height width"]:
        """Raises `ConfigError`: there is no picture without a prompt."""
        raise ConfigError("expected directions of Stable Diffusion, got the model alone; use model=stable_diffusion_directions")

    def _told(self, x: "torch.Tensor", time: int, prompts: Sequence[str]) -> "torch.Tensor":
        import torch

        words = torch.cat([self._embedded(prompt) for prompt in prompts])
        told: torch.Tensor = self.turns.take(self.network)(x.to(self.network.dtype), time, encoder_hidden_states=words).sample
        return told.float()

    def _embedded(self, prompt: str) -> Any:
        import torch

        if prompt not in self.heard:
            length = self.tokenizer.model_max_length
            tokens = self.tokenizer(prompt, padding="max_length", max_length=length, truncation=True, return_tensors="pt")
            with torch.inference_mode(False), torch.no_grad():  # gradients may pass beside what is remembered here
                told = self.turns.take(self.text)(tokens.input_ids.to(self.device))[0]
            self.heard[prompt] = told.to(self.network.dtype)
        return self.heard[prompt]
