"""A judge that looks with a joint encoder: directions of pictures against directions of captions before and after."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from bench.artifacts import Traversal
from bench.component import component
from bench.datasets.vocabulary import Vocabulary
from bench.interfaces import JointEncoder
from bench.metrics.before_after import BeforeAfter
from bench.metrics.clip_directions import agreement, unit
from bench.metrics.statements import parse


@component
class CaptionJudge:
    """The score is that of `clip_directional` in [-1, 1]: the cosine of how a strip changes with captions of what a text claims.

    A text that claims no change fits strips whose two ends look the same (1), and no other (0). Each picture and each distinct
    caption is encoded once. Only the ends of a strip's first row are seen: what comes back to its start is not.
    """

    version: ClassVar[int] = 1
    encoder: JointEncoder
    captions: BeforeAfter

    def fits(self, texts: Sequence[str], strips: Sequence[Traversal], vocabulary: Vocabulary) -> Float64[ndarray, "texts strips"]:
        """The cosine of each text with each strip; equal claims are held against the pictures once."""
        if not strips:
            return np.zeros((len(texts), 0))
        moved = self._moved(strips)
        still = ~moved.any(1)
        scores, known = np.zeros((len(texts), len(strips))), dict[object, ndarray]()
        for row, text in enumerate(texts):
            said = parse(text, vocabulary)
            if (key := tuple(said.items())) not in known:
                cosines = agreement(moved, said, vocabulary, self.captions, self.encoder)
                known[key] = cosines if said else np.asarray(still, np.float64)
            scores[row] = known[key]
        return scores

    def rises(self, texts: Sequence[str], strips: Sequence[Traversal], vocabulary: Vocabulary) -> Float64[ndarray, " pairs"]:
        """From how much better a text fits its strip than the reversed strip: 0.5 where both fit alike."""
        rising = np.full(len(texts), 0.5)
        if not strips:
            return rising
        moved = self._moved(strips)
        said = [tuple(parse(text, vocabulary).items()) for text in texts]
        for key in set(said):
            own = np.array([one == key for one in said])
            ways = [agreement(way * moved[own], dict(key), vocabulary, self.captions, self.encoder) for way in (1, -1)]
            rising[own] += (ways[0] - ways[1]) / 4
        return rising

    def _moved(self, strips: Sequence[Traversal]) -> Float64[ndarray, "strips dims"]:
        """E(last picture) - E(first picture), of length one; zeros where both look the same."""
        ends = np.stack([strip.images[0, step] for strip in strips for step in (0, -1)])
        rows = self.encoder.images(ends).astype(np.float64)
        seen = (ends[::2] != ends[1::2]).any((1, 2, 3))
        return unit((rows[1::2] - rows[::2]) * seen[:, None])
