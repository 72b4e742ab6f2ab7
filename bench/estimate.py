"""What a plan would cost: stages cached and to run, chat calls, pictures, tokens, price and time. Nothing is run or sent."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from bench.artifacts import UnitTraversals
from bench.clients.remembered import Remembered
from bench.interfaces import Asking
from bench.plan import KINDS, Kind, Plan, Stage
from bench.stages import Stages
from bench.store import Store

CHARACTERS_PER_TOKEN = 4  # of English text, a rule of thumb of the providers
PIXELS_PER_TOKEN = 750  # of a picture, likewise
ANSWER_TOKENS = 40  # one sentence and some
REMEMBERED_RUNS = 200  # recipes looked at for the mean duration of a kind of stage


@dataclass(frozen=True)
class Calls:
    """Chat calls that a plan would send. `unknown` counts explain stages whose units exist only after a model is fitted."""

    sent: int = 0
    remembered: int = 0
    images: int = 0
    tokens: float = 0.0
    price: float | None = 0.0
    unknown: int = 0

    def __add__(self, other: "Calls") -> "Calls":
        return Calls(
            self.sent + other.sent,
            self.remembered + other.remembered,
            self.images + other.images,
            self.tokens + other.tokens,
            None if self.price is None or other.price is None else self.price + other.price,
            self.unknown + other.unknown,
        )


@dataclass(frozen=True)
class Forecast:
    """The plan in numbers. `seconds` rests on the mean duration of earlier stages of the same kind, `None` where there are none."""

    cells: int
    cached: Mapping[str, int]
    missing: Mapping[str, int]
    calls: Calls
    seconds: float | None

    def facts(self) -> dict[str, Any]:
        """For `--json`."""
        calls = {name: getattr(self.calls, name) for name in ("sent", "remembered", "images", "tokens", "price", "unknown")}
        return {"cells": self.cells, "cached": self.cached, "missing": self.missing, "calls": calls, "seconds": self.seconds}

    def text(self) -> str:
        """For people."""
        stages = [f"  {kind:<9} {self.missing[kind]:>6} to run {self.cached[kind]:>6} cached" for kind in self.missing]
        return "\n".join([f"cells: {self.cells}", "stages:", *stages, *self._calls(), self._time()])

    def _calls(self) -> list[str]:
        calls = self.calls
        price = "unknown" if calls.price is None else f"${calls.price:.2f}"
        lines = [
            f"chat calls: {calls.sent:,} to send, {calls.remembered:,} remembered",
            f"  pictures {calls.images:,}, tokens about {calls.tokens:,.0f}, price about {price}",
        ]
        late = f"  {calls.unknown} explain stages cannot be counted before their models are fitted (until=fit fits them)"
        return [*lines, late] if calls.unknown else lines

    def _time(self) -> str:
        if self.seconds is None:
            return "time: unknown, no stage of these kinds has run here yet"
        return f"time: about {self.seconds:,.0f} s, going by earlier stages; chat calls not counted"


def estimate(plan: Plan, stages: Stages, until: Kind) -> Forecast:
    """Look at the store and at what is remembered; load exact decoders, but fit nothing."""
    missing = plan.missing(stages.store, until)
    wanted: tuple[str, ...] = KINDS[: KINDS.index(until) + 1]
    total = Counter[str](stage.kind for stage in plan.stages)
    absent = Counter[str](stage.kind for stage in missing)
    calls = sum((_calls(stage, stages) for stage in missing if stage.kind == "explain"), Calls())
    cached = {kind: total[kind] - absent[kind] for kind in wanted}
    return Forecast(len(plan.cells), cached, {kind: absent[kind] for kind in wanted}, calls, _seconds(missing, stages.store))


def _calls(stage: Stage, stages: Stages) -> Calls:
    explainer = stages.part(stage, "explainer")
    if not isinstance(explainer, Asking):
        return Calls()
    units = _units(stage, stages)
    if units is None:
        return Calls(unknown=1)
    bias, seed = stages.part(stage, "words"), stage.parts["seed"]
    return sum((_price(explainer, unit, bias, seed) for unit in stages.attended(stage, units)), Calls())


def _units(stage: Stage, stages: Stages) -> Sequence[UnitTraversals] | None:
    """The traversals of a stage from the store, or made on the spot where the model needs no training."""
    traverse = stage.inputs["traverse"]
    if stages.store.has("traverse", traverse.key):
        return stages.units(traverse)
    if stages.part(traverse.inputs["fit"], "generator").trained:
        return None
    return stages.traversed(traverse)


def _price(explainer: Asking, unit: UnitTraversals, bias: Any, seed: int) -> Calls:
    requests = explainer.requests(unit.shown, bias, seed)
    client = explainer.client
    new = [message for message, replicate in requests if not (isinstance(client, Remembered) and client.knows(message, replicate))]
    pixels = sum(image.shape[-1] * image.shape[-2] for message in new for image in message.images)
    asked = sum(len(message.text) for message in new) / CHARACTERS_PER_TOKEN + pixels / PIXELS_PER_TOKEN
    answered = ANSWER_TOKENS * len(new)
    price = client.cost(round(asked), answered)
    return Calls(len(new), len(requests) - len(new), sum(len(message.images) for message in new), asked + answered, price)


def _seconds(missing: Sequence[Stage], store: Store) -> float | None:
    means = {kind: _mean_seconds(kind, store) for kind in {stage.kind for stage in missing}}
    known = [means[stage.kind] for stage in missing if means[stage.kind] is not None]
    return sum(filter(None, known)) if known or not missing else None


def _mean_seconds(kind: str, store: Store) -> float | None:
    recipes = list((store.root / kind).glob("*/recipe.json"))[:REMEMBERED_RUNS]
    return fmean(json.loads(path.read_text(encoding="utf-8"))["seconds"] for path in recipes) if recipes else None
