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
    """The directions of one context, `rank × shape`, and their gains."""

    directions: "torch.Tensor"
    gains: Float64[ndarray, " rank"]

    def ray(self, x: "torch.Tensor", prompt: str, unit: Float64[ndarray, " rank"], lengths: tuple[float, ...]) -> Ray:
        """The walk from x along a code of length 1. Along several directions at once each counts with its gain."""
        import torch

        weights = unit * self.gains
        gain = float(np.linalg.norm(weights))
        along = torch.from_numpy(weights / (gain or 1.0)).to(x)
        return Ray(x, torch.tensordot(along, self.directions, 1), gain, prompt, lengths)


class Way(NamedTuple):
    """The number of the compass to walk by, and the prompt that the walk hears."""

    compass: int
    prompt: str


def walked(
    edit: Guidance,
    noise: Noise,
    x: "torch.Tensor",
    compasses: Sequence[Compass],
    ways: Sequence[Way],
    coordinates: Float64[ndarray, "n rank"],
    batch: int,
) -> "torch.Tensor":
    """The states to which walks along `coordinates` lead, each on its way."""
    rays: dict[tuple[Way, bytes, bytes], list[int]] = {}
    lengths = np.linalg.norm(coordinates, axis=1)
    for i in np.flatnonzero(lengths).tolist():
        unit = np.round(coordinates[i] / lengths[i], 6)
        rays.setdefault((ways[i], unit.tobytes(), x[i].cpu().numpy().tobytes()), []).append(i)
    planned = [
        compasses[way.compass].ray(x[rows[0]], way.prompt, np.frombuffer(unit), tuple(lengths[rows].tolist()))
        for (way, unit, _), rows in rays.items()
    ]
    ended = x.clone()
    for rows, states in zip(rays.values(), edit.walked(noise, planned, batch), strict=True):
        ended[rows] = states
    return ended
