"""Directions to which the bottleneck of a diffusion model answers most (Park et al., NeurIPS 2023)."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from bench.component import component
from bench.models.denoiser import Denoiser

if TYPE_CHECKING:
    import torch

Count = Annotated[int, Field(gt=0)]
Function = Callable[["torch.Tensor"], "torch.Tensor"]  # states n × … → answers n × …, each of its own state alone


@dataclass(frozen=True)
class Basis:
    """`directions` of length 1 in the space of states, most effective first, and their `values`.

    `responses` are the directions of length 1 in which the bottleneck answers. `turns` counts iterations; `settled` says whether
    they stopped by themselves.
    """

    directions: "torch.Tensor"
    values: "torch.Tensor"
    responses: "torch.Tensor"
    turns: int
    settled: bool


@component
class Pullback:
    """The first `rank` right singular vectors of J = ∂h/∂x at one state, by block power iteration on JᵀJ; J is never built.

    A turn is one forward-mode product U = J V, a rotation that makes U orthogonal (so that V holds the best guesses within its
    span, and |U| the singular values), one reverse-mode product Jᵀ U, and an orthogonalisation. V has `spare` vectors more than
    are asked for. It stops when every direction agrees with that of the turn before, whatever its sign, to 1 − |cos| ≤
    `tolerance`. The sign makes the entry of largest size positive. `chunk` vectors are in memory at a time.
    """

    version: ClassVar[int] = 1
    rank: Count
    spare: Annotated[int, Field(ge=0)]
    least: Count
    most: Count
    tolerance: Annotated[float, Field(gt=0, lt=1)]
    chunk: Count

    def __call__(self, denoiser: Denoiser, x: "torch.Tensor", time: int, prompt: str, seed: int) -> Basis:
        """The directions at the state `x` (one, without an axis of its own), seeded by `seed`."""
        return self.of(lambda states: denoiser.bottleneck(states, time, [prompt] * len(states)), x, seed)

    def of(self, function: Function, x: "torch.Tensor", seed: int) -> Basis:
        """The directions of any function of states."""
        import torch

        count = min(self.rank + self.spare, x.numel())
        drawn = torch.randn(x.numel(), count, generator=torch.Generator().manual_seed(seed)).to(x.device)
        with torch.no_grad():
            answer = tuple(function(x[None]).shape[1:])
        v, old, settled = _orthonormal(drawn), None, False
        for turn in range(1, self.most + 1):
            u = self._forward(function, x, v)
            turned, values = _turned(u)
            v, u = turned.T @ v, turned.T @ u
            settled = (
                old is not None and turn > self.least and bool((1 - (old * v[: self.rank]).sum(1).abs()).max() <= self.tolerance)
            )
            old = v[: self.rank]
            if settled or turn == self.most:
                break
            v = _orthonormal(self._reverse(function, x, u).T)
        return _basis(x, answer, v[: self.rank], u[: self.rank], values[: self.rank], turn, settled)

    def _forward(self, function: Function, x: "torch.Tensor", v: "torch.Tensor") -> "torch.Tensor":
        """J v of each row of v, as rows: states are copies of x, so that one pass gives all tangents of a chunk."""
        import torch
        from torch.nn.attention import SDPBackend, sdpa_kernel

        found = []
        with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), _quiet():  # the fused kernels have no forward mode
            for part in torch.split(v, self.chunk):
                tangents = part.view(-1, *x.shape)
                found.append(torch.func.jvp(function, (x.expand_as(tangents).contiguous(),), (tangents,))[1].flatten(1))
        return torch.cat(found)

    def _reverse(self, function: Function, x: "torch.Tensor", u: "torch.Tensor") -> "torch.Tensor":
        """Jᵀ u of each row of u, as rows."""
        import torch
        from torch.nn.attention import SDPBackend, sdpa_kernel

        found = []
        with torch.enable_grad(), sdpa_kernel(SDPBackend.MATH):
            for part in torch.split(u, self.chunk):
                states = x.expand(len(part), *x.shape).clone().requires_grad_()
                answers = function(states)
                found.append(torch.autograd.grad(answers, states, part.view_as(answers).to(answers.dtype))[0].flatten(1))
        return torch.cat(found)


@contextmanager
def _quiet() -> Iterator[None]:
    """Hold back a warning that torch gives about its own forward mode."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


def _orthonormal(columns: "torch.Tensor") -> "torch.Tensor":
    import torch

    rows: torch.Tensor = torch.linalg.qr(columns).Q.T
    return rows.contiguous()


def _turned(u: "torch.Tensor") -> "tuple[torch.Tensor, torch.Tensor]":
    """The rotation that makes the rows of u orthogonal, longest first, and their lengths."""
    import torch

    values, turned = torch.linalg.eigh((u @ u.T).double())
    return turned.flip(1).to(u.dtype), values.flip(0).clamp(min=0).sqrt().to(u.dtype)


def _basis(
    x: "torch.Tensor",
    answer: tuple[int, ...],
    v: "torch.Tensor",
    u: "torch.Tensor",
    values: "torch.Tensor",
    turns: int,
    settled: bool,
) -> Basis:
    signs = v.gather(1, v.abs().argmax(1, keepdim=True)).sign()
    responses = signs * u / values[:, None].clamp(min=1e-12)
    return Basis((signs * v).view(-1, *x.shape), values, responses.view(-1, *answer), turns, settled)
