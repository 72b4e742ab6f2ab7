"""How well a map finds a soft mask, for one picture: pixels that change with probability p are right by p and wrong by 1 - p.

Ties count as chance would have it, so a flat map scores as a random one.
"""

import numpy as np
from jaxtyping import Float, Float64
from numpy import ndarray

Map = Float[ndarray, "height width"]
Mask = Float[ndarray, "height width"]


def soft_auroc(shown: Map, mask: Mask) -> float:
    """The chance that a pixel that changes has a larger value than one that does not, ties half. `mask` has both kinds."""
    right, wrong = _by_value(shown, mask)
    below = np.cumsum(wrong) - wrong
    return min(float((right * (below + wrong / 2)).sum() / (right.sum() * wrong.sum())), 1.0)


def soft_auprc(shown: Map, mask: Mask) -> float:
    """Average precision: the mean over what changes of the precision among all pixels that are at least as high."""
    right, wrong = (part[::-1] for part in _by_value(shown, mask))
    found, missed = np.cumsum(right), np.cumsum(wrong)
    return min(float((right / right.sum() * found / (found + missed)).sum()), 1.0)


def mass_lift(shown: Map, mask: Mask) -> float:
    """Relevance mass: the mean of the mask weighted by |map|, over its plain mean; 1 for a map of zeros."""
    size = np.abs(shown.astype(np.float64))
    return float((size * mask).sum() / size.sum() / mask.mean(dtype=np.float64)) if size.any() else 1.0


def matched_iou(shown: Map, mask: Mask) -> float:
    """Overlap over union of the strongest pixels of both, as many as change in the mean."""
    area = float(mask.sum(dtype=np.float64))
    ours, theirs = _strongest(shown, area), _strongest(mask, area)
    return min(float(np.minimum(ours, theirs).sum() / np.maximum(ours, theirs).sum()), 1.0)


def _by_value(shown: Map, mask: Mask) -> tuple[Float64[ndarray, " values"], Float64[ndarray, " values"]]:
    """What is right and what is wrong at each distinct value of the map, lowest first."""
    _, place = np.unique(shown, return_inverse=True)
    right = np.bincount(place.ravel(), mask.astype(np.float64).ravel())
    return right, np.bincount(place.ravel()) - right


def _strongest(values: Float[ndarray, "height width"], area: float) -> Float64[ndarray, " pixels"]:
    """1 for the highest pixels, 0 for the rest, and between them the same part for all that are tied at the limit."""
    flat = values.ravel()
    limit = np.sort(flat)[::-1][min(max(int(np.ceil(area)), 1), len(flat)) - 1]
    above, tied = flat > limit, flat == limit
    return np.asarray(above + tied * (area - above.sum()) / tied.sum())
