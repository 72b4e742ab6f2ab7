"""Changes as directions in the space of a joint encoder: those of pictures, and those that texts claim."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float64, Int
from numpy import ndarray

from bench.artifacts import Case
from bench.datasets.vocabulary import Vocabulary
from bench.interfaces import JointEncoder
from bench.metrics.before_after import BeforeAfter
from bench.metrics.parsing.lexicon import Sign

Claims = Mapping[str, Sign]


def ends(case: Case) -> list[ndarray]:
    """The first and the last picture of each held-out strip (its first row), one after the other."""
    return [strip.images[0, step] for strip in case.traversals.held_out for step in (0, -1)]


def seen_directions(
    cases: Sequence[Case], encoder: JointEncoder
) -> tuple[Float64[ndarray, "strips dims"], Int[ndarray, " strips"]]:
    """E(last picture) - E(first picture) of each held-out strip, of length one, and the number of its case.

    Strips whose two ends look the same have no direction and are left out. All pictures are encoded in one call.
    """
    pictures = [ends(case) for case in cases]
    owners = np.repeat(np.arange(len(cases)), [len(pair) // 2 for pair in pictures])
    flat = [picture for pair in pictures for picture in pair]
    if not flat:
        return np.zeros((0, 1)), owners
    rows = encoder.images(np.stack(flat)).astype(np.float64)
    moved = rows[1::2] - rows[::2]
    seen = np.array([not np.array_equal(a, b) for a, b in zip(flat[::2], flat[1::2], strict=True)], bool)
    seen &= np.linalg.norm(moved, axis=1) > 0
    return unit(moved[seen]), owners[seen]


def agreement(
    seen: Float64[ndarray, "strips dims"], claims: Claims, vocabulary: Vocabulary, captions: BeforeAfter, encoder: JointEncoder
) -> Float64[ndarray, " strips"]:
    """The cosine of each strip's direction with that of the claims: the sum of one direction of length one for each claim.

    Of the pairs of captions that a claim allows, each strip is held against the nearest; a claim without a sign allows them both
    ways round. A claim that no caption shows, and the claim of no change at all, are at right angles to every strip.
    """
    total, unshown = np.zeros_like(seen), float(not claims)
    for factor, sign in claims.items():
        pairs = captions.pairs(factor, vocabulary)
        if not pairs:
            unshown += 1
            continue
        total += _nearest(seen, _directions(pairs, sign, encoder))
    length = np.sqrt(np.square(total).sum(1) + unshown)
    return np.asarray(np.clip((seen * total).sum(1) / np.maximum(length, 1e-12), -1, 1))


def unit(vectors: Float64[ndarray, "... dims"]) -> Float64[ndarray, "... dims"]:
    """The same directions with length one; a vector of zeros stays as it is."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12))


def _nearest(seen: Float64[ndarray, "strips dims"], options: Float64[ndarray, "options dims"]) -> Float64[ndarray, "strips dims"]:
    return np.asarray(options[(seen @ options.T).argmax(1)])


def _directions(pairs: Sequence[tuple[str, str]], sign: Sign, encoder: JointEncoder) -> Float64[ndarray, "options dims"]:
    before, after = (encoder.texts([pair[side] for pair in pairs]).astype(np.float64) for side in (0, 1))
    rising = unit(after - before)
    return np.concatenate([rising, -rising]) if sign is None else sign * rising
