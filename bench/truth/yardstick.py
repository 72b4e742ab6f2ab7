"""Makes changes of different factors comparable, so that they can be shares of one effect.

Each factor is laid on coordinates in which the model's whole range is 1. Classes of a categorical factor lie evenly from 0 to 1, as
they do for exact labels. A periodic factor is measured in visible turns. Movements below half a class count as none: that is how
fine pictures of the dataset are.
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
RARE = 0.0005  # values of other factors at either end that are not looked at


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
    shown: Float64[ndarray, " factors"]  # how well the model's own pictures show each: what is read off them counts so much

    def effects(self, sweep: Sweep, visible: Bool[ndarray, " n"]) -> Effects:
        """The effect of a move; at references where it is not `visible` there is none."""
        shown = visible.reshape(-1, *[1] * len(sweep.shape), 1)
        placed = [self._placed(sweep, column, False) * shown for column in range(len(self.factors))]
        kept = np.array(
            [_kept(self._placed(sweep, k, True) * shown if k in self.circles else part) for k, part in enumerate(placed)]
        )
        grid = np.concatenate(placed, axis=-1)
        columns = grid.var(tuple(range(1, grid.ndim - 1)))
        starts = np.cumsum([0, *(part.shape[-1] for part in placed[:-1])])
        variances = np.maximum(np.add.reduceat(columns, starts, axis=1) * kept * self.shown - self.null, 0.0)
        directions = np.stack([self._directions(sweep, column) for column in range(len(self.factors))], axis=1)
        return Effects(variances, np.where(variances > 0, directions, 0), _interaction(grid, columns))

    def _placed(self, sweep: Sweep, column: int, circular: bool) -> Float64[ndarray, "n *cells places"]:
        size, values = len(self.factors[column].values), sweep.values(sweep.cells)[..., column]
        if not self.measured[column]:
            return np.zeros((*values.shape, 1))
        if self.factors[column].kind == "categorical":
            return sweep.classes(sweep.cells)[..., column, None] / max(size - 1, 1)
        if column not in self.circles:
            return np.where(_rests(values, STILL), 0.0, values / self.spans[column])[..., None]
        circle = self.circles[column]
        turns, orders = _unrolled(circle, sweep, sweep.cells)
        arcs = np.array([self.arcs.get((column, order), 1.0) for order in orders.tolist()])
        points = _on_circle(turns, arcs) if circular else _round(turns, arcs)
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
    shown: Float64[ndarray, " factors"],
) -> Yardstick:
    """The yardstick of a model from all its sweeps, without a null."""
    moved = [s for s in sweeps if s.change.any()] or sweeps  # else one picture, perhaps misread, would count once a step
    seen = np.concatenate([s.path.values for s in moved])
    classes = np.concatenate([s.path.classes for s in moved])
    low, high = np.quantile(seen, [RARE, 1 - RARE], axis=0)
    spans = np.clip(high - low, 1.0, [max(len(factor.values) - 1, 1) for factor in factors])
    arcs = {
        (circle.column, order): min(max(arc, order * turned), 1.0)
        for circle in circles
        for turned in [max(_turned(circle, sweep) for sweep in sweeps)]
        for order in range(1, max(circle.orders) + 1)
        if (arc := _arc(seen[:, circle.column], circle.order(classes), order, circle.period)) > 0
    }
    named = {circle.column: circle for circle in circles}
    return Yardstick(factors, measured, named, spans, arcs, np.zeros(len(factors)), agreement, shown)


def _arc(values: Float64[ndarray, " n"], orders: Int[ndarray, " n"], order: int, period: int) -> float:
    """The part of a visible turn that is in use."""
    turns = np.sort(values[orders == order] * order / period % 1.0)
    if not len(turns):
        return 0.0
    count = int(np.ceil(MOST * len(turns)))
    ends = np.concatenate([turns, turns + 1.0])[count - 1 : count - 1 + len(turns)]
    return float(np.clip((ends - turns).min() / MOST, order / period, 1.0))


def _turned(circle: Circle, sweep: Sweep) -> float:
    """The part of a whole turn that a move goes through, for half of the references at least."""
    turns, orders = _unrolled(circle, sweep, sweep.path)
    return float(np.median(np.ptp(turns, axis=1) / orders))


def _unrolled(circle: Circle, sweep: Sweep, of: Reading) -> tuple[Float64[ndarray, "n ..."], Int[ndarray, " n"]]:
    values, classes = sweep.values(of)[..., circle.column], sweep.classes(of)
    orders = circle.order(classes.reshape(-1, classes.shape[-1])).reshape(values.shape)
    return circle.unrolled(values, orders)


def _round(turns: Float64[ndarray, "n ..."], arcs: Float64[ndarray, " n"]) -> Float64[ndarray, "n *cells axes"]:
    """Places in which the arc in use has length 1: along a line where a row stays within one visible turn, else on a circle.

    On the circle an arc that is visited evenly has the variance of the line, and nothing lies further from the middle of its row
    than half the arc: beyond there are only misread pictures.
    """
    ones = [1] * turns.ndim
    within = (np.ptp(turns.reshape(len(turns), -1), axis=1) <= 1).reshape(-1, *ones)
    line = (turns - np.median(turns, axis=tuple(range(1, turns.ndim)), keepdims=True))[..., None] / arcs.reshape(-1, *ones)
    line = np.clip(line, -1.0, 1.0)
    return np.concatenate([np.where(within, line, 0.0), np.where(within, 0.0, _on_circle(turns, arcs))], axis=-1)


def _on_circle(turns: Float64[ndarray, "n ..."], arcs: Float64[ndarray, " n"]) -> Float64[ndarray, "n *cells axes"]:
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
    """Half the mean square of the steps between neighbours: the whole variance of noise, next to nothing of a steady change.

    Noise is rough along every axis, so the smoothest one counts: beside a fast swing there may be a slow latent.
    """
    axes = tuple(range(1, grid.ndim - 1))
    return np.asarray(np.min([np.square(np.diff(grid, axis=axis)).mean(axes) / 2 for axis in axes], axis=0))


def _kept(grid: Float64[ndarray, "n *cells places"]) -> float:
    """The part of a factor's variance that is no noise. Turns are looked at on a circle: unrolled, noise looks like a drift."""
    total = float(grid.var(tuple(range(1, grid.ndim - 1))).sum())
    return float(np.clip(1 - _jitter(grid).sum() / (total or 1.0), 0.0, 1.0))


def _interaction(grid: Float64[ndarray, "n *cells places"], variances: Float64[ndarray, "n places"]) -> float:
    axes = range(1, grid.ndim - 1)
    mains = sum(float(grid.mean(tuple(other for other in axes if other != axis)).var(1).sum()) for axis in axes)
    return 1 - mains / total if (total := float(variances.sum())) > 0 else 0.0
