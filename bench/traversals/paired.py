"""Each latent moved twice: as the reference stands, and again with another latent held elsewhere.

Where latents are disentangled both rows show the same change. Source: LatentExplainer (arXiv 2406.14862), which clamps one fixed
latent for a whole dataset; here it is drawn for each reference, so that no single latent decides what the second row shows.
"""

from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Float32, Int
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Condition, Row, Traversal, Unit
from bench.component import component
from bench.errors import ConfigError
from bench.interfaces import GenerativeModel
from bench.traversals.sheet import Sheet, decode, held, moved

# Says nothing of what the latent means, since explainers may read it.
ELSEWHERE = "another latent is held elsewhere"
CLAMPS = 3  # first number of the seed, apart from those that models draw codes with


@component
class Paired:
    """Moves for the disentanglement bias: for each latent its plain row, then `clamps` rows with another latent clamped.

    The clamped latent lies outside the unit and its condition; its value is one of `values`, at least `gap` away from where the
    reference has it. Raises `ConfigError` when the model has too few other latents, or no value lies that far away.
    """

    version: ClassVar[int] = 1
    values: tuple[float, ...]
    references: int
    held_out: int
    clamps: Annotated[int, Field(gt=0)]
    gap: Annotated[float, Field(gt=0)]

    def __post_init__(self) -> None:
        if max(self.values) - min(self.values) < 2 * self.gap:
            raise ConfigError(f"expected a gap of at most half the range of {self.values}, got {self.gap}")

    def __call__(self, model: GenerativeModel, unit: Unit, anchors: Int[ndarray, " n"]) -> Sequence[Traversal]:
        codes = model.codes(anchors)
        return decode(model, unit, [self._sheet(unit, anchor, code) for anchor, code in zip(anchors.tolist(), codes, strict=True)])

    def _sheet(self, unit: Unit, anchor: int, code: Float32[ndarray, " latents"]) -> Sheet:
        reference = held(code, unit.condition)
        rows = tuple(
            Row((latent,), clamp) for latent in unit.latents for clamp in (None, *self._clamps(unit, latent, anchor, reference))
        )
        codes = np.stack([moved(held(reference, row.held), row.moved, self.values) for row in rows])
        return Sheet(anchor, reference, rows, codes)

    def _clamps(self, unit: Unit, latent: int, anchor: int, reference: Float32[ndarray, " latents"]) -> list[Condition]:
        taken = {*unit.latents, *(unit.condition.latents if unit.condition else ())}
        others = [i for i in range(len(reference)) if i not in taken]
        if len(others) < self.clamps:
            raise ConfigError(
                f"expected {self.clamps} latents outside unit {unit.name}, the model has {len(others)}; lower `clamps`"
            )
        rng = np.random.default_rng([CLAMPS, anchor, latent])
        clamps = []
        for other in rng.choice(others, self.clamps, replace=False).tolist():
            far = [value for value in self.values if abs(value - reference[other]) >= self.gap]
            clamps.append(Condition(ELSEWHERE, (other,), (float(rng.choice(far)),)))
        return clamps
