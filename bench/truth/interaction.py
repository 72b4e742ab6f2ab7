"""What two factors say about a code together, beyond what each says alone."""

from itertools import combinations

import numpy as np
from jaxtyping import Float, Float64, Int
from numpy import ndarray

from bench.truth.association import adjusted


def interactions(
    codes: Float[ndarray, "n latents"],
    classes: Int[ndarray, "n factors"],
    sizes: tuple[int, ...],
    alone: Float64[ndarray, "latents factors"],
) -> Float64[ndarray, "latents pairs"]:
    """The part of each code's variance that each pair of factors explains beyond the sum of its two, adjusted for chance.

    `alone` is what each factor explains by itself (`adjusted`).
    Pairs come as in `pairs`. Exact on a balanced grid, where the parts of all factors and pairs add up to at most 1; on a random
    sample of it, right on average. Pairs with a factor that never varies have 0.
    """
    chosen = pairs(sizes)
    if not chosen:
        return np.zeros((codes.shape[1], 0))
    both = np.stack([classes[:, a] * sizes[b] + classes[:, b] for a, b in chosen], axis=1)
    single = np.maximum(alone, 0.0)
    joint = adjusted(codes, both, tuple(sizes[a] * sizes[b] for a, b in chosen))
    first, second = np.array(chosen).T
    return np.asarray(np.maximum(joint - single[:, first] - single[:, second], 0.0))


def pairs(sizes: tuple[int, ...]) -> list[tuple[int, int]]:
    """Pairs of factors that have more than one class each."""
    return [(a, b) for a, b in combinations(range(len(sizes)), 2) if min(sizes[a], sizes[b]) > 1]
