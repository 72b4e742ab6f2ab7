"""Decoders of known meaning: latents move factors by a written-down map, and pictures are looked up in the dataset."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Float32, Float64, Int, UInt8
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Condition, Factor, Unit
from bench.component import component
from bench.errors import ConfigError
from bench.interfaces import Dataset, Weights
from bench.models.gates import Gated
from bench.models.wires import Wire

Span = tuple[Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=0, le=1)]]

# First number of every seed, so that no two draws of one anchor share a stream.
CODES, NUISANCE = 1, 2


@component
class Pinned:
    """A condition on the picture, made true by holding `latents` at `values`."""

    version: ClassVar[int] = 1
    words: str
    latents: tuple[int, ...]
    values: tuple[float, ...]


@component
class ExactDecoder:
    """A generator without training. Wires act in order; a factor without a wire takes a value drawn from the anchor.

    `spans` gives the part of a factor's values that positions 0 to 1 cover (all of them for a factor that is not named).
    There is one unit a latent, one for each of `groups`, and one for each latent listed in `under` a condition, whose contrasts
    are the other conditions on the same latents.
    """

    version: ClassVar[int] = 1
    trained: ClassVar[bool] = False
    latents: Annotated[int, Field(gt=0)]
    wires: tuple[Wire, ...]
    spans: Mapping[str, Span]
    groups: tuple[tuple[int, ...], ...]
    conditions: Mapping[str, Pinned]
    under: Mapping[str, tuple[int, ...]]

    def __post_init__(self) -> None:
        used = [*(i for wire in self.wires for i in wire.latents), *(i for group in self.groups for i in group)]
        used += [i for pinned in self.conditions.values() for i in pinned.latents]
        used += [i for listed in self.under.values() for i in listed]
        beyond = sorted({i for i in used if not 0 <= i < self.latents})
        if beyond:
            raise ConfigError(f"expected latents 0 to {self.latents - 1}, got {beyond}; raise `latents` or mend the wires")
        unknown = sorted(set(self.under) - set(self.conditions))
        if unknown:
            raise ConfigError(f"`under` names {unknown}, expected one of the conditions {sorted(self.conditions)}")

    def fit(self, dataset: Dataset, seed: int, scratch: Path) -> Weights:  # noqa: ARG002
        """No weights: the map is the configuration."""
        return {}

    def load(self, dataset: Dataset, weights: Weights) -> "ExactModel":  # noqa: ARG002
        """The decoder over the pictures of a dataset whose factors are known. Raises `ConfigError` for a factor it lacks."""
        known = [factor.name for factor in dataset.factors]
        wanted = {name for wire in self.wires for name in wire.factors} | set(self.spans)
        wanted |= {wire.gate for wire in self.wires if isinstance(wire, Gated)}
        if not wanted <= set(known):
            raise ConfigError(
                f"the decoder moves {sorted(wanted - set(known))}, the dataset has {known}; pick a decoder made for it"
            )
        return ExactModel(dataset, self.latents, self._units(), self.wires, tuple(_range(f, self.spans) for f in dataset.factors))

    def _units(self) -> tuple[Unit, ...]:
        singles = [Unit(f"z{i}", (i,)) for i in range(self.latents)]
        groups = [Unit("+".join(f"z{i}" for i in group), group) for group in self.groups]
        return (*singles, *groups, *(self._given(name, i) for name, listed in self.under.items() for i in listed))

    def _given(self, name: str, latent: int) -> Unit:
        chosen = self.conditions[name]
        others = [c for other, c in self.conditions.items() if other != name and c.latents == chosen.latents]
        return Unit(f"z{latent} | {chosen.words}", (latent,), _condition(chosen), tuple(_condition(other) for other in others))


@dataclass(frozen=True)
class ExactModel:
    """An exact decoder on a dataset. `ranges` holds the first and the last class that each factor takes."""

    dataset: Dataset
    latents: int
    units: tuple[Unit, ...]
    wires: tuple[Wire, ...]
    ranges: tuple[tuple[int, int], ...]

    def codes(self, anchors: Int[ndarray, " n"]) -> Float32[ndarray, "n latents"]:
        """A draw of the prior for each anchor."""
        drawn = [np.random.default_rng([CODES, anchor]).standard_normal(self.latents, np.float32) for anchor in anchors.tolist()]
        return np.stack(drawn) if drawn else np.empty((0, self.latents), np.float32)

    def positions(self, anchors: Int[ndarray, " n"], codes: Float32[ndarray, "n latents"]) -> Float64[ndarray, "n factors"]:
        """Where each factor stands, in [0, 1] of its range, rounded to its classes: what a picture can show."""
        steps = np.array([last - first for first, last in self.ranges])
        names = [factor.name for factor in self.dataset.factors]
        placed = dict(zip(names, self._nuisance(anchors, steps).T, strict=True))
        for wire in self.wires:
            for name, position in wire(codes, placed).items():
                placed[name] = _rounded(position, int(steps[names.index(name)]))
        return np.stack([placed[name] for name in names], axis=1)

    def render(
        self, anchors: Int[ndarray, " n"], codes: Float32[ndarray, "n latents"]
    ) -> UInt8[ndarray, "n channels height width"]:
        """The pictures of codes; what no latent governs is drawn from the anchor, so it never changes along a traversal."""
        first, last = np.array(self.ranges).T
        classes = first + np.rint(self.positions(anchors, codes) * (last - first)).astype(np.int64)
        return self.dataset.images(self.dataset.index(classes))

    def _nuisance(self, anchors: Int[ndarray, " n"], steps: Int[ndarray, " factors"]) -> Float64[ndarray, "n factors"]:
        distinct, where = np.unique(anchors, return_inverse=True)
        drawn = [_chances(anchor, len(steps)) for anchor in distinct.tolist()]
        chances = np.array(drawn).reshape(len(distinct), len(steps))[where]
        return np.asarray(np.floor(chances * (steps + 1)) / np.maximum(steps, 1))


@lru_cache(maxsize=4096)
def _chances(anchor: int, factors: int) -> tuple[float, ...]:
    return tuple(np.random.default_rng([NUISANCE, anchor]).random(factors).tolist())


def _range(factor: Factor, spans: Mapping[str, Span]) -> tuple[int, int]:
    low, high = spans.get(factor.name, (0.0, 1.0))
    return round(low * (len(factor.values) - 1)), round(high * (len(factor.values) - 1))


def _rounded(position: Float64[ndarray, " n"], steps: int) -> Float64[ndarray, " n"]:
    # Halves round up: an even-odd rule would shift some classes of a regular sweep and not others.
    return np.floor(position * steps + 0.5) / max(steps, 1)


def _condition(pinned: Pinned) -> Condition:
    return Condition(pinned.words, pinned.latents, pinned.values)
