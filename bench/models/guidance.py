"""Edits of diffusion models: walks in the space of states, and shifts of what the middle block puts out."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import TYPE_CHECKING, Annotated, ClassVar, NamedTuple

from pydantic import Field

from bench.component import component

if TYPE_CHECKING:
    import torch

Positive = Annotated[float, Field(gt=0)]
Noise = Callable[["torch.Tensor", Sequence[str]], "torch.Tensor"]


class Ray(NamedTuple):
    """A walk from a state along a direction v of length 1 with the gain γ, and how far along it states are wanted."""

    state: "torch.Tensor"
    direction: "torch.Tensor"
    gain: float
    prompt: str
    lengths: tuple[float, ...]  # of codes


@component
class Guidance:
    """x ← x + γ (ε(x + s v) − ε(x)), `updates` times for a code of length `reach`, with s = `probe`.

    What is added is the change of the predicted noise, never v itself (Park et al., NeurIPS 2023). A walk is as long as its code;
    of the last update a part is taken where it does not come out even.
    """

    version: ClassVar[int] = 1
    updates: Annotated[int, Field(gt=0)]
    reach: Positive
    probe: Positive

    def walked(self, noise: Noise, rays: Sequence[Ray], batch: int) -> "list[torch.Tensor]":
        """The states at the lengths of every ray, `lengths × shape` each. A ray takes two evaluations an update, in one batch."""
        found = []
        for i in range(0, len(rays), max(batch // 2, 1)):
            found += self._together(noise, rays[i : i + max(batch // 2, 1)])
        return found

    def _together(self, noise: Noise, rays: Sequence[Ray]) -> "list[torch.Tensor]":
        import torch

        counts = [[length * self.updates / self.reach for length in ray.lengths] for ray in rays]
        wanted = [[ray.state.clone() for _ in ray.lengths] for ray in rays]
        x = torch.stack([ray.state for ray in rays])
        last = [ceil(max(count) - 1e-6) for count in counts]
        for turn in range(max(last)):
            live = [i for i in range(len(rays)) if turn < last[i]]
            change = self._update(noise, x[live], [rays[i] for i in live])
            for place, i in enumerate(live):
                for k, count in enumerate(counts[i]):
                    if turn < count - 1e-6:
                        wanted[i][k] += min(count - turn, 1.0) * change[place]
            x[live] += change
        return [torch.stack(states) for states in wanted]

    def _update(self, noise: Noise, x: "torch.Tensor", rays: Sequence[Ray]) -> "torch.Tensor":
        import torch

        prompts = [ray.prompt for ray in rays]
        ahead = x + self.probe * torch.stack([ray.direction for ray in rays])
        there, here = noise(torch.cat([ahead, x]), prompts * 2).chunk(2)
        gains = torch.tensor([ray.gain for ray in rays], device=x.device)
        return gains.view(-1, *[1] * (x.ndim - 1)) * (there - here)


@component
class Shift:
    """h ← h + γ (code / `reach`) u in every step from the edit on: u is how the bottleneck answers a direction, of length 1.

    As in Asyrp (Kwon et al., ICLR 2023) the shifted network guesses the picture, and the unshifted one the noise that is put back;
    there u is learnt for a text, here it is that of the direction.
    """

    version: ClassVar[int] = 1
    reach: Positive
