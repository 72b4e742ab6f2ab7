"""A judge without weights: measures what changes along a strip and holds it against what a text claims."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Traversal
from bench.component import component
from bench.datasets.vocabulary import Vocabulary
from bench.errors import ConfigError
from bench.explainers.changes import ASPECTS, Change, Changes, Significance
from bench.explainers.measurements import measure
from bench.explainers.segmentation import Segmentation
from bench.explainers.visible_change import visible_change
from bench.judges.claims import Claims, claims

UNMEASURED = "unmeasured"
REMEMBERED = 100_000  # strips; then all are forgotten


@component
class MeasuredJudge:
    """Compares the measured changes of a strip with the claims of a text: exact where pictures are rendered.

    The score is a cosine in [-1, 1]: for each claimed factor the size of its measured change, negative where the directions differ,
    over the lengths of both sides. A text that claims no change fits strips without any (1), and no other (0).

    `factors` says which factor an aspect of the pictures shows, by aspect and best first: the first one that the vocabulary has. A
    strip that changes by `visible` without any aspect that is measured changes the factor `rest`, in no direction that can be told.
    Only the rows under a unit's own condition are looked at. It sees what `pixel_change` sees, so that explainer meets a reader
    with its own eyes: compare with another judge before saying that it beats a model that talks.
    """

    version: ClassVar[int] = 1
    segmentation: Segmentation
    significance: Significance
    factors: Mapping[str, tuple[str, ...]]
    rest: str
    visible: Annotated[float, Field(gt=0, le=1)]

    def __post_init__(self) -> None:
        if unknown := sorted(set(self.factors) - set(ASPECTS)):
            raise ConfigError(f"factors: expected aspects among {ASPECTS}, got {unknown}")

    def fits(self, texts: Sequence[str], strips: Sequence[Traversal], vocabulary: Vocabulary) -> Float64[ndarray, "texts strips"]:
        """The cosine of each text with each strip."""
        said = claims(texts, vocabulary)
        up, still = self._effects(strips, vocabulary)
        size = np.abs(up) + still
        agreeing = said.signed @ up.T + np.abs(said.signed) @ still.T + said.unsigned @ size.T
        scores = agreeing / np.maximum(np.outer(np.sqrt(said.count), np.linalg.norm(size, axis=1)), 1e-12)
        return np.asarray(np.where(np.outer(said.count == 0, size.sum(1) == 0), 1.0, scores))

    def rises(self, texts: Sequence[str], strips: Sequence[Traversal], vocabulary: Vocabulary) -> Float64[ndarray, " pairs"]:
        """(1 + cosine of claimed and measured directions) / 2 for each text and the two ends of its strip."""
        said: Claims = claims(texts, vocabulary)
        up, still = self._effects([_ends(strip) for strip in strips], vocabulary)
        lengths = np.sqrt(said.count) * np.linalg.norm(np.abs(up) + still, axis=1)
        return np.asarray((1 + (said.signed * up).sum(1) / np.maximum(lengths, 1e-12)) / 2)

    def _effects(self, strips: Sequence[Traversal], vocabulary: Vocabulary) -> Float64[ndarray, "2 strips factors"]:
        """Measured changes by factor, from 0 to 1: those with a direction, signed, and those without one."""
        columns = {words.factor: k for k, words in enumerate(vocabulary.factors)}
        effects = np.zeros((2, len(strips), len(columns)))
        for row, strip in enumerate(strips):
            for factor, change in self._named(strip, columns).items():
                sign = change.sign if factor in vocabulary.directed else 0
                effects[0 if sign else 1, row, columns[factor]] = change.effect * (sign or 1)
        return effects

    def _named(self, strip: Traversal, known: Mapping[str, int]) -> Changes:
        found = {next((f for f in self._shown(aspect) if f in known), None): c for aspect, c in self._changes(strip).items()}
        return {factor: change for factor, change in found.items() if factor is not None}

    def _shown(self, aspect: str) -> tuple[str, ...]:
        return (self.rest,) if aspect == UNMEASURED else self.factors.get(aspect, ())

    def _changes(self, strip: Traversal) -> Changes:
        """The changes of a strip, measured once however often they are asked for."""
        images = own_rows(strip)
        name = hashlib.sha256(f"{images.shape}".encode() + images.tobytes()).digest()
        if len(self._known) > REMEMBERED:
            self._known.clear()
        if name not in self._known:
            found: dict[str, Change] = {}
            for row in self.significance(measure(images, self.segmentation)):
                for aspect, change in row.items():
                    found[aspect] = max(found.get(aspect, change), change, key=lambda one: one.effect)
            if not found and visible_change(images) >= self.visible:
                found[UNMEASURED] = Change(1.0, 0, 0.0)
            self._known[name] = found
        return self._known[name]

    @cached_property
    def _known(self) -> dict[bytes, Changes]:
        return {}


def own_rows(strip: Traversal) -> ndarray:
    """The pictures of the rows under the unit's own condition: those that hold what the first row holds."""
    return strip.images[[k for k, row in enumerate(strip.rows) if row.held == strip.rows[0].held]]


def _ends(strip: Traversal) -> Traversal:
    return replace(strip, images=strip.images[:, [0, -1]], codes=strip.codes[:, [0, -1]])
