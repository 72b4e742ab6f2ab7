"""Counterfactual generation (M5): a picture is changed as an answer says, and encoded again. What the `edit_*` metrics share."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, ClassVar

import numpy as np
from jaxtyping import Float64, Int
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Case, Factor
from bench.component import component
from bench.interfaces import Dataset, GenerativeModel
from bench.metrics.parsing.lexicon import Sign
from bench.metrics.statements import claimed
from bench.truth.encoded import Encoder

Effects = Float64[ndarray, "images latents"]


@component
class Edits:
    """Changes the factors that a text claims in `images` pictures of the dataset, and encodes them before and after.

    An ordered factor goes to the end of its range on the side of the claimed direction, a periodic one by the part `turn` of its
    circle, a categorical one to another class. A claim without a direction goes either way, by the picture. Effects are changes of
    the encoder's mean in units of its standard deviation over the pictures; latents below `least_spread` are dead and do not move.
    The pictures are drawn by `seed` and the same for all texts and units.
    """

    version: ClassVar[int] = 1
    images: Annotated[int, Field(ge=2)]
    turn: Annotated[float, Field(gt=0, le=0.5)]
    least_spread: Annotated[float, Field(gt=0)]
    seed: int

    def effects(self, cases: Sequence[Case], model: GenerativeModel, dataset: Dataset) -> list[Effects | None]:
        """What the edit by each answer does to every latent, by picture. `None` without an answer, an encoder or known factors."""
        if not isinstance(model, Encoder) or not dataset.factors:
            return [None] * len(cases)
        if self._kept.get("of") is not model:
            self._kept.clear()
            self._kept.update(of=model, before=self._before(model, dataset))
        claims = [claimed(case) for case in cases]
        return [None if said is None else self._effect(said, model, dataset) for said in claims]

    def _before(self, model: Encoder, dataset: Dataset) -> tuple[Int[ndarray, "n factors"], Effects, Float64[ndarray, " latents"]]:
        drawn = np.random.default_rng(self.seed).choice(len(dataset), min(self.images, len(dataset)), replace=False)
        means = model.encode(dataset.images(drawn))[0].astype(np.float64)
        return dataset.classes(drawn), means, means.std(0)

    def _effect(self, said: Mapping[str, Sign], model: Encoder, dataset: Dataset) -> Effects:
        """The effect of one set of claims, kept while the model is the same, since explainers repeat each other."""
        key = tuple(sorted(said.items()))
        if key not in self._kept:
            classes, before, spread = self._kept["before"]
            edited = self._edited(classes, said, dataset.factors)
            moved = (edited != classes).any(1)  # what stays as it is needs no second look
            after = before.copy()
            if moved.any():
                after[moved] = model.encode(dataset.images(dataset.index(edited[moved])))[0]
            alive = spread >= self.least_spread
            self._kept[key] = np.where(alive, (after - before) / np.where(alive, spread, 1.0), 0.0)
        found: Effects = self._kept[key]
        return found

    def _edited(
        self, classes: Int[ndarray, "n factors"], said: Mapping[str, Sign], factors: Sequence[Factor]
    ) -> Int[ndarray, "n factors"]:
        edited = classes.copy()
        for column, factor in enumerate(factors):
            if factor.name in said:
                drawn = np.random.default_rng([self.seed, column]).random(len(classes))
                edited[:, column] = self._moved(classes[:, column], said[factor.name], factor, drawn)
        return edited

    def _moved(self, old: Int[ndarray, " n"], sign: Sign, factor: Factor, drawn: Float64[ndarray, " n"]) -> Int[ndarray, " n"]:
        size = len(factor.values)
        if factor.kind == "categorical":
            return np.asarray((old + 1 + np.floor(drawn * max(size - 1, 1)).astype(int)) % size if size > 1 else old)
        ways = np.where(drawn < 0.5, -1, 1) if sign is None else np.full(len(old), sign)
        if factor.kind == "periodic":
            return np.asarray((old + ways * max(1, round(self.turn * size))) % size)
        return np.where(ways > 0, size - 1, 0)

    @cached_property
    def _kept(self) -> dict[Any, Any]:
        return {}


def directed_claims(case: Case) -> bool:
    """Whether the answer claims changes and tells the direction of each."""
    said = claimed(case) or {}
    return bool(said) and None not in said.values()


def own(case: Case, effects: Effects) -> Float64[ndarray, " images"]:
    """The effect on the unit: the mean over its latents."""
    return np.asarray(effects[:, list(case.unit.latents)].mean(1))
