"""Makes changes of different factors comparable, so that they can be shares of one effect.

Each factor is laid on coordinates in which the model's whole range is 1. A categorical factor gets one coordinate a class, scaled
so that visiting all its classes evenly counts as much as it does for an ordered factor with as many classes. A periodic factor is
measured in visible turns. Movements below half a class count as none: that is how fine pictures of the dataset are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int
from numpy import ndarray

from bench.artifacts import Factor
from bench.truth.circles import Circle
from bench.truth.effects import Effects
from bench.truth.matching import Reading
from bench.truth.sweeps import Sweep

STILL = 0.5  # classes
MOST = 0.9  # of all orientations are looked at for a range: some pictures are misread by half a turn
RARE = 0.002  # values of other factors at either end that are not looked at


@dataclass(frozen=True)
class Yardstick:
    """The range of each factor over a model's pictures: in classes; for a periodic one in visible turns, by order of symmetry."""

    factors: tuple[Factor, ...]
    measured: Bool[ndarray, " factors"]  # those that can be read off pictures
    circles: Mapping[int, Circle]
    spans: Float64[ndarray, " factors"]
    arcs: Mapping[tuple[int, int], float]  # (column, order)
    null: Float64[ndarray, " factors"]
    agreement: float

    def effects(self, sweep: Sweep, visible: Bool[ndarray, " n"]) -> Effects:
        """The effect of a move; at references where it is not `visible` there is none."""
        placed = [self._placed(sweep, column) for column in range(len(self.factors))]
        starts = np.cumsum([0, *(part.shape[-1] for part in placed[:-1])])
        grid = np.concatenate(placed, axis=-1) * visible.reshape(-1, *[1] * len(sweep.shape), 1)
        columns = grid.var(tuple(range(1, grid.ndim - 1)))
        kept = _kept(np.add.reduceat(columns, starts, axis=1), np.add.reduceat(_jitter(grid), starts, axis=1))
        variances = np.maximum(np.add.reduceat(columns, starts, axis=1) * kept - self.null, 0.0)
        directions = np.stack([self._directions(sweep, column) for column in range(len(self.factors))], axis=1)
        return Effects(variances, np.where(variances > 0, directions, 0), _interaction(grid, columns))

    def _placed(self, sweep: Sweep, column: int) -> Float64[ndarray, "n *cells places"]:
        size, values = len(self.factors[column].values), sweep.values(sweep.cells)[..., column]
        if not self.measured[column]:
            return np.zeros((*values.shape, 1))
        if self.factors[column].kind == "categorical":
            classes = sweep.classes(sweep.cells)[..., column]
            return np.asarray(np.eye(size)[classes] * np.sqrt(size * (size + 1) / 12) / max(size - 1, 1))
        if column not in self.circles:
            return np.where(_rests(values, STILL), 0.0, values / self.spans[column])[..., None]
        circle = self.circles[column]
        turns, orders = _unrolled(circle, sweep, sweep.cells)
        points = _on_circle(turns, np.array([self.arcs.get((column, order), 1.0) for order in orders.tolist()]))
        return np.where(_rests(turns, STILL * orders / circle.period)[..., None], 0.0, points)

    def _directions(self, sweep: Sweep, column: int) -> Int[ndarray, " n"]:
        if self.factors[column].kind == "categorical" or not self.measured[column]:
            return np.zeros(len(sweep.change), np.int64)
        circle = self.circles.get(column)
        values = _unrolled(circle, sweep, sweep.path)[0] if circle else sweep.values(sweep.path)[..., column]
        leaning = rank_correlation(values)
        return np.asarray(np.where(np.abs(leaning) < self.agreement, 0, np.sign(leaning)).astype(np.int64))


def rank_correlation(paths: Float64[ndarray, "n steps"]) -> Float64[ndarray, " n"]:
    """Spearman's correlation of each path with its steps, as a part of the largest that its ties allow; 0 for a constant path.

    A path that rests, then rises has 1: a latent that works in a part of its range has a direction.
    """
    from scipy.stats import rankdata

    ranks = rankdata(paths, axis=1) - (paths.shape[1] + 1) / 2
    steps = np.arange(paths.shape[1]) - (paths.shape[1] - 1) / 2
    largest = np.sort(ranks, axis=1) @ steps
    return np.asarray(np.divide(ranks @ steps, largest, out=np.zeros(len(paths)), where=largest > 0))


def yardstick(
    factors: tuple[Factor, ...],
    measured: Bool[ndarray, " factors"],
    circles: Sequence[Circle],
    sweeps: Sequence[Sweep],
    agreement: float,
) -> Yardstick:
    """The yardstick of a model from all its sweeps, without a null."""
    seen = np.concatenate([s.path.values for s in sweeps])
    classes = np.concatenate([s.path.classes for s in sweeps])
    low, high = np.quantile(seen, [RARE, 1 - RARE], axis=0)
    spans = np.clip(high - low, 1.0, [max(len(factor.values) - 1, 1) for factor in factors])
    arcs = {
        (circle.column, order): arc
        for circle in circles
        for order in range(1, max(circle.orders) + 1)
        if (arc := _arc(seen[:, circle.column], circle.order(classes), order, circle.period)) > 0
    }
    named = {circle.column: circle for circle in circles}
    return Yardstick(factors, measured, named, spans, arcs, np.zeros(len(factors)), agreement)


def _arc(values: Float64[ndarray, " n"], orders: Int[ndarray, " n"], order: int, period: int) -> float:
    """The part of a visible turn that is in use."""
    turns = np.sort(values[orders == order] * order / period % 1.0)
    if not len(turns):
        return 0.0
    count = int(np.ceil(MOST * len(turns)))
    ends = np.concatenate([turns, turns + 1.0])[count - 1 : count - 1 + len(turns)]
    return float(np.clip((ends - turns).min() / MOST, order / period, 1.0))


def _unrolled(circle: Circle, sweep: Sweep, of: Reading) -> tuple[Float64[ndarray, "n ..."], Int[ndarray, " n"]]:
    values, classes = sweep.values(of)[..., circle.column], sweep.classes(of)
    orders = circle.order(classes.reshape(-1, classes.shape[-1])).reshape(values.shape)
    return circle.unrolled(values, orders)


def _on_circle(turns: Float64[ndarray, "n ..."], arcs: Float64[ndarray, " n"]) -> Float64[ndarray, "n *cells axes"]:
    """Points on a circle on which an arc that is visited evenly has the variance of a line of length 1.

    Nothing lies further from the middle of its row than half the arc: beyond there are only misread pictures.
    """
    ones = [1] * turns.ndim
    scale = np.sqrt(1 / 12 / (1 - np.square(np.sinc(arcs)))).reshape(-1, *ones)
    points = np.stack([np.cos(2 * np.pi * turns), np.sin(2 * np.pi * turns)], axis=-1)
    away = points - np.median(points, axis=tuple(range(1, turns.ndim)), keepdims=True)
    limit = 2 * np.sin(np.pi / 2 * arcs).reshape(-1, *ones)
    return np.asarray(scale * away * np.minimum(1.0, limit / np.maximum(np.linalg.norm(away, axis=-1, keepdims=True), 1e-12)))


def _rests(values: Float64[ndarray, "n ..."], least: float | Float64[ndarray, " n"]) -> Bool[ndarray, "n ..."]:
    rests = np.ptp(values.reshape(len(values), -1), axis=1) < least
    return np.broadcast_to(rests.reshape(-1, *[1] * (values.ndim - 1)), values.shape)


def _jitter(grid: Float64[ndarray, "n *cells places"]) -> Float64[ndarray, "n places"]:
    """Half the mean square of the steps between neighbours: the whole variance of noise, next to nothing of a steady change."""
    axes = tuple(range(1, grid.ndim - 1))
    return np.asarray(np.mean([np.square(np.diff(grid, axis=axis)).mean(axes) / 2 for axis in axes], axis=0))


def _kept(variances: Float64[ndarray, "n factors"], jitter: Float64[ndarray, "n factors"]) -> Float64[ndarray, " factors"]:
    """The part of each factor's variance that is no noise."""
    total = variances.sum(0)
    return np.asarray(np.clip(1 - jitter.sum(0) / np.where(total > 0, total, 1.0), 0.0, 1.0))


def _interaction(grid: Float64[ndarray, "n *cells places"], variances: Float64[ndarray, "n places"]) -> float:
    axes = range(1, grid.ndim - 1)
    mains = sum(float(grid.mean(tuple(other for other in axes if other != axis)).var(1).sum()) for axis in axes)
    return 1 - mains / total if (total := float(variances.sum())) > 0 else 0.0
