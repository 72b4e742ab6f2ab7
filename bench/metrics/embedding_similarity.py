"""How near an answer's meaning is to a reference's: cosine of sentence embeddings (Reimers & Gurevych 2019, arXiv 1908.10084)."""

from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np
from jaxtyping import Float32
from numpy import ndarray

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, TextEncoder
from bench.metrics.told import Over, compared, texts


@component
class EmbeddingSimilarity:
    """Cosine of the encoder's vectors: higher is better, -1 to 1, hardly below 0 in practice.

    `over` takes the best reference or the mean over them. `None` without truth, without references (an inactive unit) and without
    an answer; a blank answer scores 0. Ceiling: 1, a reference word by word. Floor with MiniLM, best of 8 references on dSprites:
    0.62 for answers about other factors in the wording of the references, 0.43 worded freely, 0.08 for other topics. Right answers
    worded freely score 0.58, and it hardly sees a direction: the wrong one scores 0.92 in the wording of the references, 0.57
    worded freely. "The shape changes." for every unit scores 0.54. Compare within one encoder only.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"omissions", "additions", "directions", "texts"})
    encoder: TextEncoder
    over: Over

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case. Each text is encoded once."""
        unread = [text for text in texts(cases) if text not in self._known]
        if unread:
            self._known.update(zip(unread, self.encoder(unread), strict=True))
        return compared(cases, self._cosine, self.over)

    def _cosine(self, text: str, reference: str) -> float:
        return float(np.clip(np.dot(self._known[text], self._known[reference]), *self.bounds))

    @cached_property
    def _known(self) -> dict[str, Float32[ndarray, " dims"]]:
        return {}
