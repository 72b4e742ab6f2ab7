"""The decoder's side of a model: what each unit changes in the pictures, by factor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int
from numpy import ndarray

from bench.artifacts import Condition, Unit
from bench.interfaces import Dataset, GenerativeModel
from bench.truth.activity import ActivityRules
from bench.truth.circles import Circle, circles
from bench.truth.effects import Effects
from bench.truth.encoded import Encoder
from bench.truth.matching import Matcher, Reading
from bench.truth.reliability import reliability, softened
from bench.truth.sweeps import Sweep, held, sweep
from bench.truth.yardstick import Yardstick, yardstick

CHECKED = 256  # renders on which the reader is checked
FAINT = 0.05  # of a factor that the model's pictures do not show; not 0, so that what alone changes still has a name


@dataclass(frozen=True)
class Seen:
    """One unit: its effect, that under each of its contrasts, and what its references show before the move."""

    effects: Effects
    others: tuple[Effects, ...]
    references: Reading
    change: float  # of the picture, in grey levels a pixel
    visible: float  # part of the references at which it is above the floor


@dataclass(frozen=True)
class Moving:
    """How units are moved: from which references, between which `ends` (one pair a latent), in how many steps."""

    model: GenerativeModel
    read: Matcher
    anchors: Int[ndarray, " n"]
    references: Float32[ndarray, "n latents"]
    ends: Float64[ndarray, "latents ends"]
    steps: int
    grid: int

    def sweep(self, unit: Unit, condition: Condition | None) -> Sweep:
        """The unit moved under a condition."""
        start = held(condition, self.references)
        return sweep(self.model, self.read, self.anchors, start, unit.latents, self.ends, self.steps, self.grid)

    def starts(self, conditions: Iterable[Condition | None]) -> dict[Condition | None, Reading]:
        """What the references show under each condition."""
        return {one: self.read(self.model.render(self.anchors, held(one, self.references))) for one in dict.fromkeys(conditions)}


@dataclass(frozen=True)
class Seeing:
    """All units, in the model's order, and two R² for each factor: of the reader, and of what the model's own pictures show."""

    units: tuple[Seen, ...]
    reliability: Float64[ndarray, " factors"]
    shown: Float64[ndarray, " factors"]


def see(
    moving: Moving,
    dataset: Dataset,
    passive: Bool[ndarray, " latents"],
    activity: ActivityRules,
    reliable: float,
    correlation: float,
    seed: int,
) -> Seeing:
    """Move every unit and read the pictures. The null is what latents that are `passive` to the encoder still seem to change."""
    rounds = circles(dataset)
    drawn = np.random.default_rng([seed, 1]).integers(0, len(dataset), CHECKED)
    trust = reliability(moving.read(softened(dataset.images(drawn))), dataset.classes(drawn), dataset.factors, rounds)
    units = moving.model.units
    sweeps = [[moving.sweep(unit, condition) for condition in (unit.condition, *unit.contrasts)] for unit in units]
    idle = {unit.latents[0]: own for unit, (own, *_) in zip(units, sweeps, strict=True) if _idle(unit, passive)}
    every = [one for group in sweeps for one in group]
    shown = _shown(moving, dataset, drawn, rounds)
    measure = yardstick(dataset.factors, trust >= reliable, rounds, every, correlation, shown)
    starts = moving.starts(unit.condition for unit in units)
    found = []
    for unit, group in zip(units, sweeps, strict=True):
        rest = [one for latent, one in idle.items() if latent not in unit.latents]  # a latent is no null of itself
        floor = activity.floor(np.concatenate([one.change for one in rest]) if rest else np.zeros(0))
        found.append(_seen(starts[unit.condition], group, replace(measure, null=_null(measure, rest)), floor))
    return Seeing(tuple(found), trust, shown)


def _shown(moving: Moving, dataset: Dataset, drawn: Int[ndarray, " n"], rounds: Sequence[Circle]) -> Float64[ndarray, " factors"]:
    """R² of what can be read off the model's own pictures of known ones, `FAINT` at least; 1 for a model that does not encode."""
    if not isinstance(moving.model, Encoder):
        return np.ones(len(dataset.factors))
    codes, _ = moving.model.encode(dataset.images(drawn))
    redrawn = moving.read(moving.model.render(drawn, codes))
    return np.asarray(np.maximum(reliability(redrawn, dataset.classes(drawn), dataset.factors, rounds), FAINT))


def _idle(unit: Unit, passive: Bool[ndarray, " latents"]) -> bool:
    return len(unit.latents) == 1 and unit.condition is None and bool(passive[unit.latents[0]])


def _null(measure: Yardstick, idle: Sequence[Sweep]) -> Float64[ndarray, " factors"]:
    found = [measure.effects(one, np.ones(len(one.change), bool)).variances for one in idle]
    return np.asarray(np.concatenate(found).mean(0) if found else measure.null)


def _seen(start: Reading, sweeps: Sequence[Sweep], measure: Yardstick, floor: float) -> Seen:
    own, *others = (measure.effects(one, one.change > floor) for one in sweeps)
    change = sweeps[0].change
    return Seen(own, tuple(others), start, float(change.mean()), float((change > floor).mean()))
