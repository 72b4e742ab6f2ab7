"""An unconditional U-Net of diffusers as a denoiser of pictures, or of squares of pixels laid into channels."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from jaxtyping import Float32, Float64, Int, UInt8
from numpy import ndarray

from bench.artifacts import Unit
from bench.hardware import torch_threads
from bench.models.ddim import Grid

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class UNetDenoiser:
    """A network that predicts ε or v = √ᾱ ε − √(1 − ᾱ) x, ready to use.

    On its own it is a generative model without units, whose anchors are seeds of noise.
    """

    network: Any
    predicts: Literal["noise", "velocity"]
    patch: int
    kept: Float64[ndarray, " times"]
    grid: Grid
    device: str
    threads: int
    batch_size: int
    latents: int = 0
    units: tuple[Unit, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Channels, height and width of a state."""
        side = self.network.config.sample_size
        high, wide = (side, side) if isinstance(side, int) else side
        return (self.network.config.in_channels, high, wide)

    def noise(self, x: "torch.Tensor", time: int, prompts: Sequence[str]) -> "torch.Tensor":  # noqa: ARG002
        """ε(x, t)."""
        told: torch.Tensor = self.network(x.to(self.network.dtype), time).sample.float()
        kept = float(self.kept[time])
        return told if self.predicts == "noise" else kept**0.5 * told + (1 - kept) ** 0.5 * x

    def bottleneck(self, x: "torch.Tensor", time: int, prompts: Sequence[str]) -> "torch.Tensor":
        """h(x, t); what comes after the middle block is not computed."""
        return reached(self.network.mid_block, lambda: self.noise(x, time, prompts))

    def shifted(self, x: "torch.Tensor", time: int, prompts: Sequence[str], shift: "torch.Tensor") -> "torch.Tensor":
        """ε(x, t) with `shift` added to h."""
        with added(self.network.mid_block, shift):
            return self.noise(x, time, prompts)

    def clean(self, images: UInt8[ndarray, "n channels height width"]) -> "torch.Tensor":
        """Pixels in [−1, 1]."""
        import torch

        pixels = torch.from_numpy(images).to(self.device).float() / 127.5 - 1
        return torch.nn.functional.pixel_unshuffle(pixels, self.patch)

    def pictures(self, x: "torch.Tensor") -> UInt8[ndarray, "n channels height width"]:
        """Pixels rounded to 0 to 255; what lies outside is cut off."""
        import torch

        pixels = torch.nn.functional.pixel_shuffle(x, self.patch)
        return ((pixels + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).cpu().numpy()

    def codes(self, anchors: Int[ndarray, " n"]) -> Float32[ndarray, "n latents"]:
        """Nothing: the noise says all."""
        return np.zeros((len(anchors), 0), np.float32)

    def render(
        self,
        anchors: Int[ndarray, " n"],
        codes: Float32[ndarray, "n latents"],  # noqa: ARG002
    ) -> UInt8[ndarray, "n channels height width"]:
        """The picture that the noise of each anchor becomes."""
        import torch

        path, parts = self.grid.path(self.kept), []
        with torch.inference_mode(), torch_threads(self.threads):
            for i in range(0, max(len(anchors), 1), self.batch_size):
                x = start(self.shape, anchors[i : i + self.batch_size].tolist(), self.device)
                prompts = [""] * len(x)
                x = path.down(lambda state, t, p=prompts: self.noise(state, t, p), x, range(self.grid.steps))  # type: ignore[misc]
                parts.append(self.pictures(x))
        return np.concatenate(parts)


def start(shape: tuple[int, ...], seeds: Sequence[int], device: str) -> "torch.Tensor":
    """A state of pure noise for each seed, drawn on the CPU."""
    import torch

    drawn = [torch.randn(shape, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
    return torch.stack(drawn).to(device) if drawn else torch.empty((0, *shape), device=device)


class _ReachedError(Exception):
    """Carries what a block put out past all that would come after it."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


def reached(block: Any, run: Any) -> "torch.Tensor":
    """What `block` puts out while `run` runs, which is stopped there."""

    def stop(_module: Any, _inputs: Any, output: Any) -> None:
        raise _ReachedError(output)

    hook = block.register_forward_hook(stop)
    try:
        run()
    except _ReachedError as found:
        value: torch.Tensor = found.value
        return value
    finally:
        hook.remove()
    raise AssertionError("the middle block was not reached")


@contextmanager
def added(block: Any, shift: "torch.Tensor") -> Iterator[None]:
    """Add `shift` to what `block` puts out."""
    hook = block.register_forward_hook(lambda _module, _inputs, output: output + shift.to(output.dtype))
    try:
        yield
    finally:
        hook.remove()
