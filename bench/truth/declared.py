"""Exact labels of a decoder that knows its own map: measured on the map, so free of any renderer's or encoder's error."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Float32, Int
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Condition, Status, Truth, Unit
from bench.component import component
from bench.errors import ConfigError
from bench.interfaces import Dataset, GenerativeModel
from bench.truth.effects import Effects, KnownMap, Sign, contexts, distance, measured
from bench.truth.status import Share, StatusRules

Count = Annotated[int, Field(gt=1)]


@component
class DeclaredTruth:
    """Moves each unit from `low` to `high` at `references` codes and reads the factors' positions off the map.

    A single latent takes `steps` values; a group takes all combinations of `grid` values a latent, and its directions are those
    of the joint move. The share of a factor is its share of the variance. A factor has a sign when it goes in one direction in at
    least `agreement` of the references in which it changes; categorical factors have none.

    A unit that changes nothing is `inactive`. Latents whose interaction makes at least `synergy` of their joint effect are a
    `group`. A unit is `conditional` when it rests in at least `idle` of the references, or when its effect differs by at least
    `contrast` (Bray-Curtis: 0.5 means, of one and the same effect, three times as strong) between two values of a categorical
    factor with `context` references each, or between its condition and one of its contrasts. All else goes by `rules`.
    """

    version: ClassVar[int] = 2
    low: float
    high: float
    steps: Count
    grid: Count
    references: Count
    context: Count
    agreement: Share
    synergy: Share
    idle: Share
    contrast: Share
    rules: StatusRules

    def __call__(self, model: GenerativeModel, dataset: Dataset) -> Sequence[Truth]:
        if not isinstance(model, KnownMap):
            raise ConfigError(
                f"DeclaredTruth needs a decoder that knows its map, got {type(model).__name__}; set model.truth to null"
            )
        anchors = np.arange(self.references)
        codes = model.codes(anchors)
        return tuple(self._label(model, dataset, unit, anchors, codes) for unit in model.units)

    def _label(
        self,
        model: KnownMap,
        dataset: Dataset,
        unit: Unit,
        anchors: Int[ndarray, " n"],
        codes: Float32[ndarray, "n latents"],
    ) -> Truth:
        effects = self._moved(model, unit, unit.condition, anchors, codes)
        by_context = contexts(
            effects,
            model.positions(anchors, _under(unit.condition, codes)),
            {f.name: i for i, f in enumerate(dataset.factors) if f.kind == "categorical"},
            self.context,
        )
        everywhere = np.ones(len(anchors), bool)
        here = effects.profile(everywhere)
        others = [self._moved(model, unit, other, anchors, codes).profile(everywhere) for other in unit.contrasts]
        evidence = {f"context/{name}": value for name, value in by_context.items()}
        evidence |= {"contrast": max(distance(here, other) for other in others)} if others else {}
        return self._truth(unit, dataset, effects, evidence)

    def _truth(self, unit: Unit, dataset: Dataset, effects: Effects, contrasts: dict[str, float]) -> Truth:
        factors, directed = dataset.factors, dataset.vocabulary.directed
        shares = {factor.name: float(share) for factor, share in zip(factors, effects.shares, strict=True)}
        evidence = {f"share/{name}": share for name, share in shares.items()}
        evidence |= {f"leaning/{factor.name}": float(value) for factor, value in zip(factors, effects.leanings, strict=True)}
        evidence |= {"acts": float(effects.acts.mean()), "interaction": effects.interaction} | contrasts
        status = self._status(shares, evidence, max(contrasts.values(), default=0.0))
        signs = {f.name: self._sign(effects, i) if f.name in directed else None for i, f in enumerate(factors)}
        named = () if status == "inactive" else self.rules.effects(shares, signs)
        return Truth(unit.name, status, named, "exact", evidence, unit.condition.words if unit.condition else None)

    def _status(self, shares: dict[str, float], evidence: dict[str, float], contrast: float) -> Status:
        if evidence["acts"] == 0:
            return "inactive"
        if evidence["interaction"] >= self.synergy:
            return "group"
        if 1 - evidence["acts"] >= self.idle or contrast >= self.contrast:
            return "conditional"
        return self.rules.status(shares)

    def _sign(self, effects: Effects, column: int) -> Sign | None:
        if effects.agreeing(1)[column] >= self.agreement:
            return 1
        return -1 if effects.agreeing(-1)[column] >= self.agreement else None

    def _moved(
        self,
        model: KnownMap,
        unit: Unit,
        condition: Condition | None,
        anchors: Int[ndarray, " n"],
        codes: Float32[ndarray, "n latents"],
    ) -> Effects:
        diagonal = np.linspace(self.low, self.high, self.steps)
        values = diagonal if len(unit.latents) == 1 else np.linspace(self.low, self.high, self.grid)
        return measured(model, anchors, _under(condition, codes), unit.latents, values, diagonal)


def _under(condition: Condition | None, codes: Float32[ndarray, "n latents"]) -> Float32[ndarray, "n latents"]:
    held = codes.copy()
    if condition is not None:
        held[:, list(condition.latents)] = condition.values
    return held
