"""How far a measured series goes over the steps of a strip, and whether it goes one way."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int
from numpy import ndarray

Series = Float64[ndarray, "strips steps"]


@dataclass(frozen=True)
class Trend:
    """Per strip: how far the series goes, its sign (0: not one way), and how much to trust the sign against other strips."""

    extent: Float64[ndarray, " strips"]
    sign: Int[ndarray, " strips"]
    trust: Float64[ndarray, " strips"]


def line(series: Series, straight: float) -> Trend:
    """The trend of a series on a line. It goes one way when net change is at least `straight` of all change."""
    filled = _carried(series)
    steps = np.diff(filled, axis=1)
    extent = np.where(np.isnan(filled).all(1), 0.0, np.ptp(np.nan_to_num(filled), axis=1))
    return Trend(extent, one_way(steps, straight), np.ones(len(series)))


def circle(series: Series, straight: float) -> Trend:
    """The trend of angles in radians: the widest distance on the circle, and the way round when no step is near half a turn."""
    steps = np.nan_to_num(_wrapped(np.diff(_carried(series), axis=1)))
    apart = np.nan_to_num(np.abs(_wrapped(series[:, :, None] - series[:, None, :])))
    clear = np.where(np.abs(steps) < 0.8 * np.pi, steps, 0.0)
    return Trend(apart.max((1, 2)), one_way(clear, straight), np.ones(len(series)))


def outline(traits: Float64[ndarray, "strips steps orders"], sizes: Bool[ndarray, " strips"]) -> Trend:
    """How far apart the outlines of a strip are, as the widest distance of their traits.

    Where `sizes` is true, only what is left when the longer traits are cut to the shorter: blur makes small objects rounder.
    """
    length = np.linalg.norm(traits, axis=-1)
    cut = np.minimum(1, length[:, None, :] / np.maximum(length[:, :, None], 1e-9))
    mine = traits[:, :, None] * np.where(sizes[:, None, None], cut, 1.0)[..., None]
    extent = np.nan_to_num(np.linalg.norm(mine - mine.swapaxes(1, 2), axis=-1)).max((1, 2))
    return Trend(extent, np.zeros(len(extent), np.int64), np.ones(len(extent)))


def one_way(steps: Series, straight: float) -> Int[ndarray, " strips"]:
    """The sign of the net change, or 0 when it is less than `straight` of all change."""
    net, total = np.nansum(steps, axis=1), np.nansum(np.abs(steps), axis=1)
    return np.where((total > 0) & (np.abs(net) >= straight * total), np.sign(net), 0).astype(np.int64)


def _carried(series: Series) -> Series:
    """Frames without a value take the last one before them, so that a gap is no change."""
    known = np.where(np.isnan(series), -1, np.arange(series.shape[1]))
    last = np.maximum.accumulate(known, axis=1)
    first = np.argmax(last >= 0, axis=1)[:, None]
    return np.take_along_axis(series, np.maximum(last, first), axis=1)


def _wrapped(angle: ndarray) -> ndarray:
    return (angle + np.pi) % (2 * np.pi) - np.pi
