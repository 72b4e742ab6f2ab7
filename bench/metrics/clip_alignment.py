"""How well an answer's text fits the pictures it explains, after CLIPScore (Hessel et al. 2021, arXiv 2104.08718)."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, JointEncoder
from bench.metrics.clip_directions import ends


@component
class ClipAlignment:
    """Mean cosine of the text with the first and the last picture of each held-out strip: higher is better, -1 to 1.

    Neither cut at zero nor scaled as CLIPScore is. `None` without an answer and without held-out strips; a blank answer scores 0.
    It needs no truth. Ceiling: unknown, far below 1. Floor: that of any text about such pictures. It compares a text about a change
    with pictures of states, so it sees neither direction nor change; it rewards words for what is there. Read it beside
    `clip_directional` and `clip_retrieval`, and compare within one encoder and one dataset only.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"texts", "pictures"})
    encoder: JointEncoder

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        told = [case for case in cases if case.explanation.outcome == "answered" and case.traversals.held_out]
        if not told:
            return [None] * len(cases)
        pictures = [ends(case) for case in told]
        owners = np.repeat(np.arange(len(told)), [len(some) for some in pictures])
        seen = self.encoder.images(np.stack([picture for some in pictures for picture in some])).astype(np.float64)
        texts = [case.explanation.text or "" for case in told]
        cosines = (seen * self.encoder.texts(texts).astype(np.float64)[owners]).sum(1)
        means = np.bincount(owners, cosines) / np.bincount(owners)
        scored = {id(case): _value(text, mean) for case, text, mean in zip(told, texts, means, strict=True)}
        return [scored.get(id(case)) for case in cases]


def _value(text: str, mean: float) -> float:
    return float(np.clip(mean, -1, 1)) if text.strip() else 0.0
