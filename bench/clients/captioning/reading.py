"""What can be seen on the rows of an exact decoder, as far as the bias that was told asks for it."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray

from bench.artifacts import Traversal
from bench.clients.captioning.wording import Claims
from bench.models.exact import ExactModel

NAMED = 0.15  # a factor is told when it has a larger share of the change than this, as in `conf/truth/declared.yaml`

Positions = Float64[ndarray, "_rows _steps factors"]


def seen(model: ExactModel, shown: Sequence[Traversal], told: str) -> Claims:
    """The changes, largest first, each with its direction, or 0 where rows differ or none is known.

    `conditional`: of the first row alone. `disentanglement`: of what all rows of the same latents change. `combination`: of any
    row, in the direction of the last one. Nothing told: of any row.
    """
    kept = [_kept(one, _positions(model, one), told) for one in shown]
    moved = np.concatenate(kept)
    variance = np.where(np.ptp(moved, axis=1) > 0, moved.var(1), 0.0).mean(0)
    shares = variance / (variance.sum() or 1.0)
    ways = _ways(np.concatenate([rows[-1:] for rows in kept]) if told == "combination" else moved)
    factors, directed = model.dataset.factors, model.dataset.vocabulary.directed
    order = [k for k in np.argsort(-shares, kind="stable").tolist() if shares[k] > NAMED]
    return tuple((factors[k].name, int(ways[k]) if factors[k].name in directed else 0) for k in order)


def _kept(one: Traversal, positions: Positions, told: str) -> Positions:
    """The rows that count, with what does not count held still."""
    if told == "conditional":
        return positions[:1]
    if told != "disentanglement":
        return positions
    changes = np.ptp(positions, axis=1) > 0
    held = np.stack([~changes[_alike(one, row)].all(0) for row in range(len(one.rows))])
    return np.where(held[:, None], positions[:, :1], positions)


def _alike(one: Traversal, row: int) -> Bool[ndarray, " _rows"]:
    return np.array([other.moved == one.rows[row].moved for other in one.rows])


def _positions(model: ExactModel, one: Traversal) -> Positions:
    codes = one.codes.reshape(-1, one.codes.shape[-1])
    return model.positions(np.full(len(codes), one.anchor), codes).reshape(*one.codes.shape[:2], -1)


def _ways(rows: Positions) -> ndarray:
    steps = np.diff(rows, axis=1)
    rises, falls = (steps > 0).any((0, 1)), (steps < 0).any((0, 1))
    return np.asarray(rises.astype(np.int64) - falls)
