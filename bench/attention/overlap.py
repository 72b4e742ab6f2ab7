"""How much of two attention maps is the same: the soft Dice overlap of Liu et al. 2020 (arXiv 1911.07389), equation 5.

A mean of ratios, one a picture: a ratio of sums over the batch would follow its brightest picture.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

EMPTY = 1e-6  # the sum of two maps below which they count as nothing, and their overlap falls to 0


def overlap(one: "torch.Tensor", other: "torch.Tensor") -> "torch.Tensor":
    """2 Σ min(A, B) / Σ (A + B) over places, mean over pictures; (n, ..., height, width) gives (...).

    Maps are at least 0. From 0 for maps without a common place to 1 for equal ones; two empty maps have 0 in common. It can be
    differentiated everywhere, and has no NaN: not for empty maps either.
    """
    import torch

    shared = torch.minimum(one, other).sum((-2, -1))
    whole = (one + other).sum((-2, -1))
    return (2 * shared / whole.clamp_min(EMPTY)).mean(0)
