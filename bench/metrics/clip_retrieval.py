"""Whether a unit's own text fits its pictures better than the texts of other units do: retrieval by directional alignment (M6)."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, JointEncoder
from bench.metrics.before_after import BeforeAfter
from bench.metrics.clip_directions import agreement, seen_directions
from bench.metrics.statements import claimed


@component
class ClipRetrieval:
    """The chance that a unit's own text beats the text of another unit on its pictures: higher is better, 0 to 1, ties count half.

    The area under the ROC curve of the own against the other texts of the cell, scored as by `clip_directional`. `None` without an
    answer, where no held-out strip changes, and where no other unit has an answer. Ceiling: 1, or less where
    units share a meaning, since equal claims tie. Floor: 0.5, texts dealt by chance, or one text for all. Blind to abstentions,
    and to what `clip_directional` is blind to.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    compares_units: ClassVar[bool] = True
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"directions", "texts", "pictures"})
    encoder: JointEncoder
    captions: BeforeAfter

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        told = [number for number, case in enumerate(cases) if claimed(case) is not None]
        values: list[float | None] = [None] * len(cases)
        if len(told) > 1:
            table, own = self._table([cases[number] for number in told])
            for row, column in zip(table, own, strict=True):
                values[told[column]] = _auroc(row, column)
        return values

    def _table(self, told: Sequence[Case]) -> tuple[Float64[ndarray, "visible texts"], list[int]]:
        """The score of each text (column) on the pictures of each unit that visibly changes (row), and the row's own column."""
        seen, owners = seen_directions(told, self.encoder)
        visible, row = np.unique(owners, return_inverse=True)
        claims = [tuple(sorted((claimed(case) or {}).items())) for case in told]
        words, table = told[0].vocabulary, np.zeros((len(visible), len(told)))
        known = {}
        for column, claim in enumerate(claims):
            if claim not in known:
                cosines = agreement(seen, dict(claim), words, self.captions, self.encoder)
                known[claim] = np.bincount(row, cosines, len(visible)) / np.bincount(row, minlength=len(visible))
            table[:, column] = known[claim]
        return table, visible.tolist()


def _auroc(row: Float64[ndarray, " texts"], own: int) -> float:
    others = np.delete(row, own)
    return float((others < row[own]).mean() + (others == row[own]).mean() / 2)
