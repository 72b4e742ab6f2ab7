"""Retrieves the caption of the change that comes nearest to what a joint encoder of pictures and texts sees along a strip."""

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Explanation, Traversal
from bench.component import component
from bench.explainers.prompt_bias import PromptBias
from bench.interfaces import JointEncoder

Share = Annotated[float, Field(ge=0, le=1)]


@component
class Change:
    """One property as captions of its values in order, such as a small, a medium and a large shape, and what to say of a change.

    `rises` and `falls` are said of a property with a direction; a property without one has `changes` in all three.
    """

    version: ClassVar[int] = 1
    rises: str
    falls: str
    changes: str
    values: Annotated[tuple[str, ...], Field(min_length=2)]


@component
class ClipRetrieval:
    """Directional retrieval, after Gal et al. 2022 (arXiv 2108.00946): cos(E(last frame) - E(first frame), E(after) - E(before)).

    Every ordered pair of captions of a property is a candidate for the change of a strip, and the property scores by its best
    one. A strip counts when its ends differ by at least `visible` grey levels a pixel. The answer names the best property, and
    others that reach `share` of its score; it abstains when no strip counts or the best score, a mean over strips, is below
    `least`. Certainty is the share of the strips that alone retrieve the same property.
    """

    version: ClassVar[int] = 1
    encoder: JointEncoder
    properties: Annotated[tuple[Change, ...], Field(min_length=1)]
    visible: Annotated[float, Field(ge=0)]
    least: Share
    share: Share

    def __call__(self, traversals: Sequence[Traversal], bias: PromptBias, seed: int) -> Explanation:  # noqa: ARG002
        """One answer for all strips. Nothing is drawn, so the seed has no say."""
        unit, strips = traversals[0].unit.name, [t for t in traversals if _visible(t) >= self.visible]
        if not strips:
            return Explanation(unit, None, ("Nothing changes.",) * len(traversals), 1.0)
        signed = np.stack([self._scores(strip) for strip in strips])  # strips, properties
        scores = np.abs(signed).mean(0)
        best = int(scores.argmax())
        named = [best, *(k for k in np.argsort(-scores).tolist() if k != best and scores[k] >= self.share * scores[best])]
        same = float((np.abs(signed).argmax(1) == best).mean())
        text = " ".join(self._said(k, signed[:, k]) for k in named) if scores[best] >= self.least else None
        alone = tuple(self._said(int(np.abs(row).argmax()), row[[np.abs(row).argmax()]]) for row in signed)
        return Explanation(unit, text, alone, same)

    def _said(self, column: int, signed: Float64[ndarray, " strips"]) -> str:
        change = self.properties[column]
        agreed = np.sign(signed).sum() / len(signed)
        return change.changes if abs(agreed) < 0.5 else change.rises if agreed > 0 else change.falls

    def _scores(self, strip: Traversal) -> Float64[ndarray, " properties"]:
        """The best cosine of each property, negative when its best pair of captions goes from a later value to an earlier one."""
        frames = self.encoder.images(strip.images[0, [0, -1]]).astype(np.float64)
        cosines = self._directions @ _unit(frames[1] - frames[0])
        found = np.zeros(len(self.properties))
        for column in range(len(self.properties)):
            mine = np.where(self._owners == column, np.abs(cosines), -1.0)
            found[column] = cosines[mine.argmax()]
        return found

    @cached_property
    def _pairs(self) -> list[tuple[int, str, str]]:
        every = enumerate(self.properties)
        return [(k, a, b) for k, change in every for i, a in enumerate(change.values) for b in change.values[i + 1 :]]

    @cached_property
    def _owners(self) -> ndarray:
        return np.array([owner for owner, _, _ in self._pairs])

    @cached_property
    def _directions(self) -> Float64[ndarray, "pairs dims"]:
        before = self.encoder.texts([first for _, first, _ in self._pairs])
        after = self.encoder.texts([second for _, _, second in self._pairs])
        return _unit(after.astype(np.float64) - before)


def _visible(traversal: Traversal) -> float:
    ends = traversal.images[0, [0, -1]].astype(np.int16)
    return float(np.abs(ends[1] - ends[0]).mean())


def _unit(vectors: Float64[ndarray, "... dims"]) -> Float64[ndarray, "... dims"]:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12))
