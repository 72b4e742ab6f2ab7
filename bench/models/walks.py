"""From codes to walks: codes on one ray from one state are taken from the same walk."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from bench.models.guidance import Guidance, Noise, Ray

if TYPE_CHECKING:
    import torch


class Compass(NamedTuple):
    """The directions at one picture, `rank × shape`, their gains, and the prompt that edits hear."""

    directions: "torch.Tensor"
    gains: Float64[ndarray, " rank"]
    prompt: str

    def ray(self, x: "torch.Tensor", unit: Float64[ndarray, " rank"], lengths: tuple[float, ...]) -> Ray:
        """The walk from x along a code of length 1. Along several directions at once each counts with its gain."""
        import torch

        weights = unit * self.gains
        gain = float(np.linalg.norm(weights))
        along = torch.from_numpy(weights / (gain or 1.0)).to(x)
        return Ray(x, torch.tensordot(along, self.directions, 1), gain, self.prompt, lengths)


def walked(
    edit: Guidance,
    noise: Noise,
    x: "torch.Tensor",
    compasses: Sequence[Compass],
    contexts: Sequence[int],
    coordinates: Float64[ndarray, "n rank"],
    batch: int,
) -> "torch.Tensor":
    """The states to which walks along `coordinates` lead, each by the compass of its context."""
    rays: dict[tuple[int, bytes, bytes], list[int]] = {}
    lengths = np.linalg.norm(coordinates, axis=1)
    for i in np.flatnonzero(lengths).tolist():
        unit = np.round(coordinates[i] / lengths[i], 6)
        rays.setdefault((contexts[i], unit.tobytes(), x[i].cpu().numpy().tobytes()), []).append(i)
    planned = [
        compasses[context].ray(x[rows[0]], np.frombuffer(unit), tuple(lengths[rows].tolist()))
        for (context, unit, _), rows in rays.items()
    ]
    ended = x.clone()
    for rows, states in zip(rays.values(), edit.walked(noise, planned, batch), strict=True):
        ended[rows] = states
    return ended
